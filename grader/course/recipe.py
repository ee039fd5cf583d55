"""The recipe of the course cache: which names there are, and what is behind them.

In: an empty folder. Out: a Hugging Face home in it, readable by every user, with a marker file
written last. No network is used. The same recipe gives the same bytes.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from grader.course.hub import add_alias, add_repository
from grader.course.location import COMPLETE, PACKAGES, recipe_id
from grader.course.models import save_bert, save_distilbert, save_gpt2
from grader.course.reviews import write_reviews

MODELS: dict[str, Callable[[Path], None]] = {
    "distilbert/distilbert-base-cased": save_distilbert,
    "google-bert/bert-base-cased": save_bert,
    "distilbert/distilgpt2": save_gpt2,
}
# Names without an owner are the old ones, which the hub still redirects. The lecture's own
# "distilgpt2" is one of them.
ALIASES = {
    "distilbert-base-cased": "distilbert/distilbert-base-cased",
    "bert-base-cased": "google-bert/bert-base-cased",
    "distilgpt2": "distilbert/distilgpt2",
    "gpt2": "distilbert/distilgpt2",
    "openai-community/gpt2": "distilbert/distilgpt2",
}


def build(home: Path) -> None:
    """Makes the whole cache in ``home``, a folder that is there and empty."""
    hub = home / "hub"
    for name, save in MODELS.items():
        with tempfile.TemporaryDirectory(dir=home) as folder:
            save(Path(folder))
            add_repository(hub, name, Path(folder))
    for alias, name in ALIASES.items():
        add_alias(hub, alias, name)
    write_reviews(home / "datasets", recipe_id())
    versions = {pip: version(pip) for pip in PACKAGES.values()}
    marker = {"recipe": recipe_id(), "versions": versions}
    (home / COMPLETE).write_text(json.dumps(marker, indent=1) + "\n", encoding="utf-8")
    make_readable(home)


def make_readable(folder: Path) -> None:
    """``chmod -R a+rX``: a student's process may run as another user."""
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o555 if path.is_dir() else 0o444))
