"""``python -m grader.course``: builds the course cache if it is missing and prints its path.

The builder behind ``location.ensure_built``. It can be killed at any moment and started twice at
once: it works in a folder beside the goal, under a lock that dies with its process, and a rename
makes the whole cache appear at once. Its last line on standard error says what went wrong.
"""

from __future__ import annotations

import argparse
import errno
import os
import shutil
import sys
import tempfile
from pathlib import Path

from grader.course.location import cache_home, environment, is_built

# What the cache takes, with room for a second copy of its largest file: bytes.
ROOM = 120 << 20


def main() -> int:
    """The exit code: 0 when the cache is there, 3 when it could not be made."""
    argparse.ArgumentParser(prog="python -m grader.course", description=__doc__).parse_args()
    home = cache_home()
    try:
        if not is_built(home):
            build_into(home)
    except ImportError as error:
        return _fail(f'{error}. Install what is missing with: pip install "grader[course]"')
    except OSError as error:
        return _fail(_advice(error, home))
    except ValueError as error:
        return _fail(str(error))
    print(home)
    return 0


def build_into(home: Path) -> None:
    """Builds beside ``home`` and renames; does nothing if another builder was faster."""
    from filelock import FileLock

    shelf = home.parent
    if not shelf.exists():
        shelf.mkdir(parents=True, exist_ok=True)
        shelf.chmod(0o755)  # other users read the cache, whatever the umask
    if shutil.disk_usage(shelf).free < ROOM:
        raise OSError(errno.ENOSPC, "No space left on device")
    with FileLock(shelf / f".{home.name}.lock"):
        if is_built(home):
            return
        # We hold the lock: whatever lies about is what a killed builder left.
        for left in shelf.glob(f".{home.name}.building-*"):
            shutil.rmtree(left, ignore_errors=True)
        workshop = Path(tempfile.mkdtemp(prefix=f".{home.name}.building-", dir=shelf))
        try:
            _build(workshop)
            shutil.rmtree(home, ignore_errors=True)  # only ever there without its marker
            workshop.rename(home)
        finally:
            shutil.rmtree(workshop, ignore_errors=True)


def _build(workshop: Path) -> None:
    os.environ.update(environment(workshop))  # before anything of Hugging Face is imported
    import torch

    torch.set_num_threads(1)
    from grader.course.recipe import build

    build(workshop)


def _advice(error: OSError, home: Path) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        room = f"the disk is full: {ROOM >> 20} MiB are needed."
        return f"{room} Make room, or set GRADER_CACHE to a folder on another disk."
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"{home.parent} cannot be written to. Set GRADER_CACHE to a folder that can."
    return f"{error}. Set GRADER_CACHE to another folder, or mend that."


def _fail(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 3


if __name__ == "__main__":
    sys.exit(main())
