"""``load_dataset`` in a process that may write to its own folder only.

In: that folder. Out: the data set cache is in it. Even to read a prepared data set ``datasets``
takes a lock beside it and later writes what ``map`` and ``shuffle`` make there, so with
``HF_HOME`` read-only it ends in ``PermissionError``. It reads ``HF_DATASETS_CACHE`` once, at its
import, which may have been in the warm process: setting the variable after the fork changes nothing
then.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from huggingface_hub.constants import HF_HOME

# Where the prepared data sets lie, as ``datasets.config`` has it from the same variables.
_PREPARED = Path(os.environ.get("HF_DATASETS_CACHE", Path(HF_HOME, "datasets")))


def use_scratch(folder: str) -> None:
    """Points ``datasets`` of this process, which may be imported later, to ``folder/datasets``,
    which leads to the prepared ones.

    To be called after the fork and before the student's code; again, with another folder, in a
    further fork. Takes under a millisecond: folders are made, files are linked to.
    """
    target = Path(folder, "datasets")
    for file in _prepared_files():
        link = target / file.relative_to(_PREPARED)
        link.parent.mkdir(parents=True, exist_ok=True)
        if not link.exists():
            _link(file, link)
    if (config := sys.modules.get("datasets.config")) is None:
        os.environ["HF_DATASETS_CACHE"] = str(target)
        return
    vars(config).update(
        HF_DATASETS_CACHE=target,
        DOWNLOADED_DATASETS_PATH=target / "downloads",
        EXTRACTED_DATASETS_PATH=target / "downloads" / "extracted",
    )


def _prepared_files() -> list[Path]:
    """The files of the lecture's data set, at <owner>___<name>/<config>/<version>/<hash>/<file>.
    Of no other: with ``GRADER_HUB=online`` this is somebody's own cache of any size."""
    return [path for path in _PREPARED.glob("*imdb/*/*/*/*") if path.is_file()]


def _link(file: Path, link: Path) -> None:
    try:
        link.symlink_to(file)
    except OSError:  # a sandbox may refuse links; it is 2 MB
        shutil.copyfile(file, link)
