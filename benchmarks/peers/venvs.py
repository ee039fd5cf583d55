"""A virtual environment of its own for each of the other graders, made once.

In: a grader's name. Out: the folder of its environment, below ``build/peers``. Everything that the
four questions compute with has the version of ``constraints.txt``, as it has in ours.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from grader.course.location import environment

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "build" / "peers"
REQUIREMENTS: Mapping[str, tuple[str, ...]] = {
    "pytest": ("pytest>=9,<10", "pytest-timeout>=2,<3"),
    "nbgrader": ("nbgrader>=0.9,<0.10",),
    "otter": ("otter-grader[grading]>=7,<8",),
}
SHARED = ("torch", "transformers")
_PINNED = (*SHARED, "huggingface_hub", "numpy", "safetensors", "tokenizers")
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


class VenvError(Exception):
    """An environment could not be made; the message has pip's last words."""


def ensure(name: str) -> Path:
    """The folder of the environment, made now if it is not there as it should be."""
    folder = FOLDER / name
    wanted = "\n".join([*REQUIREMENTS[name], *_pins()])
    marker = folder / "REQUIREMENTS"
    if marker.exists() and marker.read_text(encoding="utf-8") == wanted:
        return folder
    print(f"installing {name} into {folder} (once)", file=sys.stderr)
    constraints = FOLDER / "constraints.txt"
    FOLDER.mkdir(parents=True, exist_ok=True)
    constraints.write_text("\n".join(_pins()) + "\n", encoding="utf-8")
    _call([sys.executable, "-m", "venv", "--clear", str(folder)])
    install = [python(folder), "-m", "pip", "install", "--quiet", "--constraint", constraints]
    _call([str(part) for part in (*install, *SHARED, *REQUIREMENTS[name])])
    marker.write_text(wanted, encoding="utf-8")
    return folder


def python(folder: Path) -> Path:
    """The interpreter of an environment."""
    return folder / "bin" / "python"


def version(folder: Path, package: str) -> str:
    """What version of a package it has."""
    code = f"from importlib.metadata import version; print(version({package!r}))"
    return _call([str(python(folder)), "-c", code]).strip()


def variables(folder: Path, home: Path) -> dict[str, str]:
    """The whole environment of a command in it: single-threaded mathematics, names of models that
    resolve in the course cache at ``home``, and nothing of the caller's own Jupyter."""
    private = FOLDER / "home"
    private.mkdir(parents=True, exist_ok=True)
    return {
        **dict.fromkeys(_THREADS, "1"),
        **environment(home),
        "HOME": str(private),
        "LANG": "C.UTF-8",
        "PATH": f"{folder / 'bin'}:/usr/bin:/bin",
    }


def _pins() -> list[str]:
    """The lines of ``constraints.txt`` about what the questions compute with."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line.partition("==")[0] in _PINNED]


def _call(command: list[str]) -> str:
    quiet = {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_ROOT_USER_ACTION": "ignore"}
    done = subprocess.run(
        command, env={**os.environ, **quiet}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise VenvError(f"{' '.join(command)} failed:\n{done.stderr[-2000:]}")
    return done.stdout
