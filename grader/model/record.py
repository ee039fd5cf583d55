"""What outlives a run: what a function did under which key, and what a person decided by hand.

In: nothing. Out: the values that ``store`` keeps and that the engine asks for. A key is made of
digests, so that two calls of one key are bound to do the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, fields

from grader.model.observation import Outcome


@dataclass(frozen=True, slots=True)
class CallKey:
    """What one function's run depends on: SHA-256 digests in hex, but for the two names.

    ``source`` is the submission's text and file name; ``call`` the cases, parameters, limits and
    doubles; ``probes`` the part of the probe module that the call needs; ``environment`` Python,
    the libraries, the course cache and the grader's code in the sandbox. ``seed`` is the digest of
    the secret seed. It is kept to explain what changed: what it decides is in the cases already.
    """

    topic: str
    function: str
    source: str
    call: str
    probes: str
    environment: str
    seed: str

    @property
    def digest(self) -> str:
        """The key as one SHA-256 in hex, over every field but ``seed``."""
        names = [one.name for one in fields(self) if one.name != "seed"]
        text = "".join(f"{name}={getattr(self, name)}\0" for name in names)
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class CallRecord:
    """What one function's run did: ``outcomes`` by case, and of the job it ran in the layers that
    held, what was printed and what was refused while the file was loaded. ``wall`` and ``cpu`` are
    the seconds of this call's share of the job."""

    function: str
    outcomes: Mapping[str, Outcome]
    layers: tuple[str, ...] = ()
    load_output: str = ""
    stopped: tuple[str, ...] = ()
    wall: float = 0.0
    cpu: float = 0.0


@dataclass(frozen=True, slots=True)
class Override:
    """Points that a person gives by hand. ``check`` is ``""`` for the whole function; ``made`` is a
    time in ISO 8601."""

    submission: str
    topic: str
    function: str
    check: str
    points: float
    reason: str
    author: str
    made: str
