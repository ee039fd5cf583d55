"""Debian's packages for a machine, by apt alone, without touching this machine's own packages.

In: an architecture of Debian's and a folder. Out: package files in it: a kernel, and what the tests
need around it. apt works here with lists, a cache and a state of its own, and with the sources that
this machine has; nothing is installed.
"""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

# The containment needs the standard library alone; pytest and the two programs are for its tests.
_WANTED = ("python3", "python3-pytest", "coreutils", "procps")


@dataclass(frozen=True, slots=True)
class Packages:
    """``kernel`` is one package file, ``others`` all that its user space is made of."""

    kernel: Path
    others: tuple[Path, ...]


def fetch(
    architecture: str, folder: Path, sources: Path | None = None, release: str = ""
) -> Packages:
    """Packages of ``architecture`` ("amd64", "arm64"); those that are in ``folder`` are kept.

    ``sources`` is a list of apt's to use instead of this machine's own, ``release`` where the
    kernel is to come from. Raises ``subprocess.CalledProcessError``, apt having said why.
    """
    kernels, others = folder / "kernel", folder / "archives"
    if not (folder / "complete").exists():
        for place in (kernels, others / "partial", folder / "lists" / "partial"):
            place.mkdir(parents=True, exist_ok=True)
        (folder / "status").touch()  # nothing is installed, so that every dependency is fetched
        options = _options(architecture, folder.resolve(), sources)
        _run(["apt-get", *options, "update"], folder)
        newest = ["-t", release] if release else []
        kernel = f"linux-image-{architecture}"
        depends = _run(["apt-cache", *options, *newest, "depends", kernel], folder)
        kernel = next(line.split()[1] for line in depends.splitlines() if "Depends: linux" in line)
        _run(["apt-get", *options, *newest, "download", kernel], kernels)
        install = ["install", "--download-only", "--yes", "--no-install-recommends"]
        _run(["apt-get", *options, *install, *_WANTED], folder)
        (folder / "complete").touch()
    return Packages(next(kernels.glob("*.deb")), tuple(sorted(others.glob("*.deb"))))


def _options(architecture: str, folder: Path, sources: Path | None) -> list[str]:
    settings = {
        "APT::Architecture": architecture,
        "APT::Architectures": architecture,
        "APT::Sandbox::User": "root",  # the folder may be one that apt's own user cannot enter
        "Acquire::Languages": "none",
        "Dir::State::Lists": folder / "lists",
        "Dir::State::status": folder / "status",
        "Dir::Cache": folder,
        "Dir::Cache::archives": folder / "archives",
    }
    if sources is not None:
        settings |= {
            "Dir::Etc::SourceList": sources.resolve(),
            "Dir::Etc::SourceParts": "/dev/null",
        }
    return [part for name, value in settings.items() for part in ("-o", f"{name}={value}")]


def _run(command: list[str], folder: Path) -> str:
    environment = {**os.environ, "LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True, check=True
    )
    return done.stdout
