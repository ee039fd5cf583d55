"""The folders that a submission may write to.

In: the scratch folder of its process. Out: a folder for each function, and temporary files in it.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

from grader.model import Job
from grader.worker import fixtures


def settle(job: Job, folder: str) -> None:
    """Temporary files go to ``folder``; so do the data sets' caches, for code that speaks of any
    (it takes some milliseconds, and most topics need none)."""
    os.environ["TMPDIR"] = folder
    os.environ["TORCHINDUCTOR_CACHE_DIR"] = (
        folder  # torch.compile looks there, and compiles nothing
    )
    tempfile.tempdir = folder
    if "dataset" in job.source:
        fixtures.use_scratch(folder)


def own_folder(scratch: str, function: str) -> str:
    """A folder of the function's own, entered: what one writes, no other finds."""
    folder = Path(scratch, function)
    folder.mkdir(exist_ok=True)
    os.chdir(folder)
    return str(folder)


def empty(folder: Path) -> None:
    """Removes all that is in it."""
    with suppress(OSError):  # it took its own folder away
        for path in folder.iterdir():
            delete(path)


def delete(path: Path) -> None:
    """Removes a file, a link or a whole folder, as far as that can be done."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink()
