"""What a machine boots from: a kernel, and an archive that becomes its file system.

In: package files and files of this repository. Out: bytes. The packages are read as archives;
nothing of them is unpacked or run on this machine.
"""

from __future__ import annotations

import io
import subprocess
import tarfile
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path

_FILE, _FOLDER, _LINK = 0o100000, 0o040000, 0o120000
# On every Debian these are links into /usr; a package may name either.
_MERGED = ("bin", "sbin", "lib", "lib32", "lib64", "libx32")
_NEEDLESS = ("usr/share/", "usr/lib/python3/dist-packages/numpy/", "var/")

Entry = tuple[int, bytes]  # mode and content; a link's content is its target


def kernel_of(package: Path) -> bytes:
    """The kernel of a package of Debian's."""
    for member, content in _members(package):
        if member.name.startswith("./boot/vmlinu"):
            return content
    raise ValueError(f"{package}: there is no kernel in it")


def build(packages: Iterable[Path], files: Mapping[str, bytes], programs: Iterable[str]) -> bytes:
    """The archive (cpio, compressed). ``files`` are put in by their paths, without a leading slash;
    those among ``programs`` can be started."""
    entries: dict[str, Entry] = {name: (_LINK | 0o777, b"usr/" + name.encode()) for name in _MERGED}
    for package in packages:
        for member, content in _members(package):
            _add(entries, member, content)
    for path, content in files.items():
        entries[path] = (_FILE | (0o755 if path in programs else 0o644), content)
    return zlib.compress(_archive(_with_folders(entries)), level=1, wbits=31)


def _members(package: Path) -> Iterable[tuple[tarfile.TarInfo, bytes]]:
    command = ["dpkg-deb", "--fsys-tarfile", str(package)]
    data = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        for member in archive:
            file = archive.extractfile(member) if member.isfile() or member.islnk() else None
            yield member, file.read() if file else b""


def _add(entries: dict[str, Entry], member: tarfile.TarInfo, content: bytes) -> None:
    path = _merged(member.name.removeprefix("./").strip("/"))
    if not path or path in entries or path.startswith(_NEEDLESS):
        return
    if member.issym():
        entries[path] = (_LINK | 0o777, member.linkname.encode())
    elif member.isdir():
        entries[path] = (_FOLDER | member.mode, b"")
    elif member.isfile() or member.islnk():
        entries[path] = (_FILE | member.mode, content)


def _merged(path: str) -> str:
    return f"usr/{path}" if path.partition("/")[0] in _MERGED else path


def _with_folders(entries: Mapping[str, Entry]) -> dict[str, Entry]:
    """In an order in which every folder comes before what is in it."""
    folders = {str(parent) for path in entries for parent in Path(path).parents} - {"."}
    found = dict.fromkeys(folders, (_FOLDER | 0o755, b"")) | dict(entries)
    return dict(sorted(found.items()))


def _archive(entries: Mapping[str, Entry]) -> bytes:
    """In the format that the kernel reads ("initramfs buffer format", its driver-api pages)."""
    lines = [_record(number, path, *entry) for number, (path, entry) in enumerate(entries.items())]
    return b"".join((*lines, _record(0, "TRAILER!!!", 0, b"")))


def _record(number: int, path: str, mode: int, content: bytes) -> bytes:
    name = path.encode() + b"\0"
    fields = (number, mode, 0, 0, 1, 0, len(content), 0, 0, 0, 0, len(name), 0)
    head = b"070701" + b"".join(b"%08X" % field for field in fields) + name
    return _padded(head) + _padded(content)


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)
