"""Other names for files and folders. In: a name and what it stands for. Out: a link, or a copy."""

from __future__ import annotations

import shutil
from pathlib import Path


def link(path: Path, target: Path | str) -> None:
    """Makes ``path`` another name of ``target``, which is relative to its folder. Windows lets few
    people make links: there it becomes a copy."""
    try:
        path.symlink_to(target)
    except OSError:
        original = path.parent / target
        if original.is_dir():
            shutil.copytree(original, path)
        else:
            shutil.copyfile(original, path)
