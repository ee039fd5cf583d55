"""Where SQLite's file may lie: not on a file system that another machine serves.

In: a path. Out: nothing, or a ``StoreError`` with the reason and the way out.
"""

from __future__ import annotations

import re
from pathlib import Path

from grader.store.errors import StoreError

MOUNTS = Path("/proc/self/mountinfo")
# As the kernel names them. Those of a virtual machine's host and of cloud storage are as remote.
_KERNEL = """
9p afs beegfs ceph cifs coda gfs gfs2 glusterfs gpfs lustre ncpfs nfs nfs4 ocfs2 orangefs panfs
prl_fs pvfs2 smb smb2 smb3 smbfs vboxsf vmhgfs wekafs
"""
_FUSE = """
beegfs ceph ceph-fuse davfs gcsfuse glusterfs rclone s3fs smbnetfs sshfs vmhgfs-fuse
"""
NETWORK = frozenset(_KERNEL.split()) | {f"fuse.{name}" for name in _FUSE.split()}


def refuse_network(file: Path, mounts: Path = MOUNTS) -> None:
    """Raises ``StoreError`` where ``file`` would lie on a network file system. Where there is no
    list of mounts (only Linux has it), nothing is refused."""
    kind = kind_of(file, mounts)
    if kind in NETWORK:
        raise StoreError(
            f"{file} is on a network file system ({kind}). A store does not work there: its locks "
            "do not hold between machines, and its write-ahead log needs memory that all writers "
            "share. Name a path on a local disk with --store, or a PostgreSQL server: "
            "--store postgresql://USER@HOST/DATABASE"
        )


def kind_of(file: Path, mounts: Path = MOUNTS) -> str:
    """The kind of file system that ``file`` lies on, or will; ``""`` where that is not known."""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return ""
    place = file.resolve()
    above = {place, *place.parents}
    found = [one for one in map(_mount, lines) if one[0] in above]
    # Of two mounts at one place the later one hides the other.
    return max(reversed(found), key=lambda one: len(one[0].parts))[1] if found else ""


def _mount(line: str) -> tuple[Path, str]:
    """Where a line of ``mountinfo`` mounts something, and of which kind."""
    fields, _, rest = line.partition(" - ")
    point = re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), fields.split()[4])
    return Path(point), rest.split()[0]
