"""Attacks that are no single file: folders, archives and notebooks.

In: nothing. Out: ``HANDINS``. Each builds what is handed in, and shows what a careless program
makes of it (the positive control).
"""

from __future__ import annotations

import io
import os
import shutil
import stat
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat

from grader.model import Limits, Submission
from grader.submission import collect

TOPIC = "target"
WRONG = "def double(x):\n    return x\n"
RIGHT = "def double(x):\n    return x * 2\n"
_PATIENCE = 20


@dataclass(frozen=True)
class HandIn:
    """One attack. ``build`` makes it in a folder, of a world, and returns its path; ``careless``
    does with that path what careless programs do, and returns what happened."""

    name: str
    tries: str
    build: Callable[[Path, Any], Path]
    careless: Callable[[Path, Any], str] | None = None
    told: str = ""
    untold: tuple[str, ...] = ()
    control: str = ""
    right: bool = False
    limits: Limits = field(default_factory=lambda: Limits(wall=2.0))
    gaps: tuple[str, ...] = ()
    why: str = ""

    @property
    def has_control(self) -> bool:
        return self.careless is not None

    def collected(self, world: Any) -> Submission:
        """The submission that the grader makes of it."""
        path = self._built(world)
        functions = {TOPIC: ("double", "ones")}
        return collect(path, (TOPIC,), "attacker", functions=functions)

    def shown(self, world: Any) -> str:
        """What a careless program makes of it."""
        assert self.careless is not None
        before = world.look()
        said = self.careless(self._built(world), world)
        harms = [*([said] if said else []), *world.harm(before, world.look())]
        world.mend()
        return "; ".join(harms) or "NOT SHOWN"

    def _built(self, world: Any) -> Path:
        folder = world.folder / self.name.replace("/", "-")
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        return self.build(folder, world)


# ---- folders that bring more than a solution


def _with_file(name: str, text: str) -> Callable[[Path, Any], Path]:
    def build(folder: Path, world: Any) -> Path:
        work = folder / TOPIC
        work.mkdir()
        (work / "solution.py").write_text(WRONG)
        (work / name).write_text(world.fill(text))
        return folder

    return build


_LEAVES = 'open("@OPEN@/attack-left", "w").write("left")\n'
_HOOK = """
def pytest_collection_modifyitems(items):
    for item in items:
        item.runtest = lambda: None
"""


def _by_pytest(folder: Path, world: Any) -> str:
    """A test beside the solution, run by pytest in the student's folder."""
    work = folder / TOPIC
    (work / "test_it.py").write_text(
        "from solution import double\ndef test_it():\n    assert double(2) == 4\n"
    )
    done = _run([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "."], work)
    return "full marks" if done.returncode == 0 else ""


def _by_import(folder: Path, world: Any) -> str:
    """A Python started in the student's folder."""
    _run([sys.executable, "-c", "import random, torch"], folder / TOPIC)
    return ""


def _by_path(folder: Path, world: Any) -> str:
    """A Python that has the student's folder on its path."""
    _run([sys.executable, "-c", "pass"], folder, PYTHONPATH=str(folder / TOPIC))
    return ""


def _as_site(folder: Path, world: Any) -> str:
    """A Python that takes the student's folder for one of packages."""
    code = f"import site; site.addsitedir({str(folder / TOPIC)!r})"
    _run([sys.executable, "-c", code], folder)
    return ""


def _run(command: list[str], folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **variables}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=_PATIENCE
    )


# ---- files that are none


def _link_as_solution(folder: Path, world: Any) -> Path:
    (folder / TOPIC).mkdir()
    (folder / TOPIC / "solution.py").symlink_to(world.names["REFERENCE"])
    return folder


def _link_as_folder(folder: Path, world: Any) -> Path:
    (folder / TOPIC).symlink_to(Path(world.names["REFERENCE"]).parent)
    return folder


def _pipe_as_solution(folder: Path, world: Any) -> Path:
    (folder / TOPIC).mkdir()
    os.mkfifo(folder / TOPIC / "solution.py")
    return folder


def _device_as_solution(folder: Path, world: Any) -> Path:
    (folder / TOPIC).mkdir()
    if os.geteuid() == 0:
        os.mknod(folder / TOPIC / "solution.py", 0o644 | stat.S_IFCHR, os.makedev(1, 5))
    else:
        (folder / TOPIC / "solution.py").symlink_to("/dev/zero")
    return folder


def _read_it(folder: Path, world: Any) -> str:
    """Opens what is there and reads it."""
    code = f"print(open({str(folder / TOPIC / 'solution.py')!r}).read(1 << 20)[:200])"
    try:
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, timeout=2
        )
    except subprocess.TimeoutExpired:
        return "it never ended"
    if world.secret in done.stdout:
        return "a secret was read"
    return "a device was read" if "\0" in done.stdout else ""


# ---- archives


def _zip(*members: tuple[str, bytes]) -> Callable[[Path, Any], Path]:
    def build(folder: Path, world: Any) -> Path:
        file = folder / "work.zip"
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in members:
                archive.writestr(world.fill(name), data)
        return file

    return build


def _zip_with_link(folder: Path, world: Any) -> Path:
    file = folder / "work.zip"
    with zipfile.ZipFile(file, "w") as archive:
        info = zipfile.ZipInfo(f"{TOPIC}/solution.py")
        info.create_system = 3
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, world.names["REFERENCE"])
    return file


def _tar(kind: bytes, target: str) -> Callable[[Path, Any], Path]:
    def build(folder: Path, world: Any) -> Path:
        file = folder / "work.tar"
        with tarfile.open(file, "w") as archive:
            info = tarfile.TarInfo(f"{TOPIC}/solution.py")
            info.type, info.linkname = kind, world.fill(target)
            archive.addfile(info)
        return file

    return build


def _tar_slip(folder: Path, world: Any) -> Path:
    file = folder / "work.tar"
    with tarfile.open(file, "w") as archive:
        for name in (f"{TOPIC}/solution.py", world.fill("@OPEN@/attack-left")):
            info = tarfile.TarInfo(name)
            info.size = len(WRONG)
            archive.addfile(info, io.BytesIO(WRONG.encode()))
    return file


def _bomb(folder: Path, world: Any) -> Path:
    file = folder / "work.zip"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr(f"{TOPIC}/solution.py", WRONG)
        for number in range(8):
            archive.writestr(f"{TOPIC}/data{number}.py", b" " * (24 << 20))
    return file


def _many(folder: Path, world: Any) -> Path:
    file = folder / "work.zip"
    with zipfile.ZipFile(file, "w") as archive:
        for number in range(30_000):
            archive.writestr(f"{TOPIC}/{number}", b"")
    return file


def _extract(file: Path, world: Any) -> str:
    """Takes everything out of the archive, as old programs do, and reads the solution."""
    target = file.parent / "out"
    target.mkdir()
    if file.suffix == ".zip":
        subprocess.run(
            [sys.executable, "-c", _UNZIP, str(file), str(target)], timeout=_PATIENCE, check=False
        )
    else:
        with tarfile.open(file) as archive:
            archive.extractall(target, filter="fully_trusted")
    size = sum(path.lstat().st_size for path in target.rglob("*"))
    if size > 100 << 20:
        return f"{size >> 20} MB on the disk"
    entries = sum(1 for _ in target.rglob("*"))
    if entries > 10_000:
        return f"{entries} files on the disk"
    return _read_it(target, world)


# An unpacker that makes the links an archive holds and goes where its names lead.
_UNZIP = """
import os, stat, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as archive:
    for info in archive.infolist():
        path = os.path.join(sys.argv[2], info.filename)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        if stat.S_ISLNK(info.external_attr >> 16):
            os.symlink(archive.read(info).decode(), path)
        else:
            with open(path, "wb") as file:
                file.write(archive.read(info))
"""


# ---- notebooks


def _notebook(*cells: str) -> Callable[[Path, Any], Path]:
    def build(folder: Path, world: Any) -> Path:
        (folder / TOPIC).mkdir()
        book = nbformat.v4.new_notebook()
        book.cells = [nbformat.v4.new_code_cell(world.fill(cell)) for cell in cells]
        nbformat.write(book, folder / TOPIC / "solution.ipynb")
        return folder

    return build


def _run_cells(folder: Path, world: Any) -> str:
    """Runs every cell by IPython, as a notebook's kernel does."""
    code = (
        "import sys, nbformat\n"
        "from IPython.core.interactiveshell import InteractiveShell\n"
        "shell = InteractiveShell()\n"
        "for cell in nbformat.read(sys.argv[1], 4).cells:\n"
        "    shell.run_cell(cell.source)\n"
    )
    file = folder / TOPIC / "solution.ipynb"
    _run([sys.executable, "-c", code, str(file)], folder, IPYTHONDIR=str(folder / "ipython"))
    return ""


# ---- names


def _named(name: str) -> Callable[[Path, Any], Path]:
    def build(folder: Path, world: Any) -> Path:
        work = folder / name / TOPIC
        work.mkdir(parents=True)
        (work / "solution.py").write_text(WRONG)
        return folder / name

    return build


HANDINS: tuple[HandIn, ...] = (
    HandIn(
        "handin/conftest",
        "Brings a conftest.py that makes every test pass.",
        _with_file("conftest.py", _HOOK),
        _by_pytest,
    ),
    HandIn(
        "handin/sitecustomize",
        "Brings a sitecustomize.py, which a Python runs before anything else.",
        _with_file("sitecustomize.py", _LEAVES),
        _by_path,
    ),
    HandIn(
        "handin/pth_file",
        "Brings a .pth file, whose lines a Python runs when it starts.",
        _with_file("attack.pth", "import builtins; " + _LEAVES),
        _as_site,
    ),
    HandIn(
        "handin/module_named_torch",
        "Brings a torch.py, to be imported in the place of torch.",
        _with_file("torch.py", _LEAVES),
        _by_import,
    ),
    HandIn(
        "handin/module_named_like_the_library",
        "Brings a random.py, to be imported by everything that imports random.",
        _with_file("random.py", _LEAVES),
        _by_import,
    ),
    HandIn(
        "handin/link_to_the_reference",
        "Hands in a link that leads to the reference.",
        _link_as_solution,
        _read_it,
    ),
    HandIn(
        "handin/link_to_a_folder",
        "Hands in a link that leads to the reference's folder.",
        _link_as_folder,
        _read_it,
    ),
    HandIn(
        "handin/pipe",
        "Hands in a pipe, from which whoever opens it reads for ever.",
        _pipe_as_solution,
        _read_it,
    ),
    HandIn(
        "handin/device",
        "Hands in a device, from which whoever opens it reads without end.",
        _device_as_solution,
        _read_it,
    ),
    HandIn(
        "handin/zip_slip",
        "Hands in a zip with a member that leads out of it.",
        _zip((f"{TOPIC}/solution.py", WRONG.encode()), ("@OPEN@/attack-left", b"left")),
        _extract,
    ),
    HandIn(
        "handin/zip_with_a_link",
        "Hands in a zip with a link that leads to the reference.",
        _zip_with_link,
        _extract,
    ),
    HandIn(
        "handin/tar_slip",
        "Hands in a tar with a member that leads out of it.",
        _tar_slip,
        _extract,
    ),
    HandIn(
        "handin/tar_with_a_link",
        "Hands in a tar with a link that leads to the reference.",
        _tar(tarfile.SYMTYPE, "@REFERENCE@"),
        _extract,
    ),
    HandIn(
        "handin/tar_with_a_hard_link",
        "Hands in a tar with a second name for the reference's file.",
        _tar(tarfile.LNKTYPE, "@REFERENCE@"),
        None,
        control="none (tarfile itself does not follow it)",
    ),
    HandIn(
        "handin/tar_with_a_pipe",
        "Hands in a tar with a pipe.",
        _tar(tarfile.FIFOTYPE, ""),
        _extract,
    ),
    HandIn(
        "handin/zip_bomb",
        "Hands in a small zip that becomes large.",
        _bomb,
        _extract,
    ),
    HandIn(
        "handin/zip_of_many_files",
        "Hands in a zip of thirty thousand files.",
        _many,
        _extract,
    ),
    HandIn(
        "handin/shell_escapes",
        "A notebook that runs programs by shell escapes.",
        _notebook("!touch @OPEN@/attack-left", WRONG),
        _run_cells,
    ),
    HandIn(
        "handin/cell_magics",
        "A notebook that runs programs by cell magics.",
        _notebook("%%bash\ntouch @OPEN@/attack-left", "%system touch @OPEN@/attack-left", WRONG),
        _run_cells,
    ),
    HandIn(
        "handin/magics_that_write",
        "A notebook that writes files by magics.",
        _notebook("%%writefile @OPEN@/attack-left\nleft", WRONG),
        _run_cells,
    ),
    HandIn(
        "handin/markup_in_a_name",
        "A folder whose name is markup, commands, a formula and control characters.",
        _named("<script>alert(7431)<"),
        None,
        control="none (what is drawn of it is tested with the reports)",
    ),
)
