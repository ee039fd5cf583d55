"""Makes, copies, moves, walks and removes folders and links."""

import os
import pathlib
import shutil


def program():
    root = pathlib.Path("tree")
    (root / "a" / "b").mkdir(parents=True)
    (root / "a" / "one.txt").write_text("one")
    shutil.copytree(root / "a", root / "copy")
    shutil.copy2(root / "a" / "one.txt", root / "two.txt")
    (root / "two.txt").chmod(0o600)
    (root / "link").symlink_to("two.txt")
    os.link(root / "two.txt", root / "hard")
    shutil.move(root / "hard", root / "moved")
    found = sorted(str(path.relative_to(root)) for path in root.rglob("*"))
    text = (root / "link").read_text()
    shutil.rmtree(root)
    return [found, text, root.exists()]
