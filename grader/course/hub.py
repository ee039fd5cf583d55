"""The layout of a Hugging Face hub cache: ``models--owner--name/{blobs,refs,snapshots}``.

In: a folder of files as ``save_pretrained`` wrote them. Out: the same files as one revision of a
repository in the cache, and other names for it.
"""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

from grader.course.links import link


def add_repository(hub: Path, name: str, files: Path) -> str:
    """Moves ``files`` into the cache ``hub`` as the revision ``main`` of the model ``name``.

    Returns the revision: 40 hex digits of the names and bytes of the files.
    """
    repository = hub / folder_of(name)
    blobs = {path.name: _sha256(path) for path in sorted(files.iterdir())}
    listing = "".join(f"{file} {blob}\n" for file, blob in blobs.items())
    revision = hashlib.sha1(listing.encode(), usedforsecurity=False).hexdigest()
    snapshot = repository / "snapshots" / revision
    for folder in (repository / "blobs", repository / "refs", snapshot):
        folder.mkdir(parents=True)
    for file, blob in blobs.items():
        shutil.move(files / file, repository / "blobs" / blob)
        link(snapshot / file, Path("..", "..", "blobs", blob))
    (repository / "refs" / "main").write_text(revision, encoding="utf-8")
    return revision


def add_alias(hub: Path, alias: str, name: str) -> None:
    """Another name of the model ``name``, as the hub redirects names that moved."""
    link(hub / folder_of(alias), folder_of(name))


def folder_of(name: str) -> str:
    """``"owner/name"`` to ``"models--owner--name"``."""
    return "models--" + name.replace("/", "--")


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
