"""What the run of a function depends on, as keys.

In: a job. Out: a ``CallKey`` for each of its calls. Nothing of checks, points, hints, mistakes or
tolerances is in a key, since none of them reaches the code that runs: a change of these is judged
again from what is stored.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace

from grader.model import Call, CallKey, Job
from grader.needed import fixtures_of, needed_part
from grader.worker.jobs import dump_job


@dataclass(frozen=True, slots=True)
class _Digests:
    """One call's, and the values they were taken from: two calls of a topic that share these are
    the same."""

    call: Call
    probes: str
    of_call: str
    of_probes: str

    def hold_for(self, call: Call, probes: str) -> bool:
        return call.cases is self.call.cases and call == self.call and probes is self.probes


@dataclass(slots=True)
class Keys:
    """Makes keys. ``environment`` names everything else that an observation depends on, ``seed`` is
    the secret seed; neither is in a key in clear. Of a class's thousand jobs only the sources
    differ, so the rest is digested once."""

    environment: str
    seed: str
    _known: dict[tuple[str, str, tuple[str, ...], bool], _Digests] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.environment = digest(self.environment)
        self.seed = digest(f"seed {self.seed}")

    def of(self, job: Job) -> tuple[CallKey, ...]:
        """A key for each call of the job, in order."""
        source = source_digest(job.source, job.file)
        return tuple(self._of(job, call, source) for call in job.calls)

    def _of(self, job: Job, call: Call, source: str) -> CallKey:
        known = self._digests(job, call)
        return CallKey(
            topic=job.topic,
            function=_name_of(call),
            source=source,
            call=known.of_call,
            probes=known.of_probes,
            environment=self.environment,
            seed=self.seed,
        )

    def _digests(self, job: Job, call: Call) -> _Digests:
        where = (job.topic, call.function, call.doubles, job.isolate)
        known = self._known.get(where)
        if known is None or not known.hold_for(call, job.probes):
            alone = replace(job, source="", file="", probes="", calls=(call,))
            of_call = hashlib.sha256(dump_job(alone)).hexdigest()
            of_probes = digest(needed_part(job.probes, _names_of(call)))
            known = self._known[where] = _Digests(call, job.probes, of_call, of_probes)
        return known


def source_digest(text: str, file: str) -> str:
    """The digest of a source, and of the name that tracebacks and warnings call it by."""
    return digest(f"{file}\0{text}")


def digest(text: str) -> str:
    """SHA-256 in hex, of any text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _name_of(call: Call) -> str:
    """The function's name; with stand-ins it is another thing that runs."""
    return " without ".join([call.function, *call.doubles])


def _names_of(call: Call) -> list[str]:
    """What the call uses of the probe module."""
    doubles = (f"double_{name}" for name in call.doubles)
    return [*filter(None, [call.probe]), *doubles, *fixtures_of(call.cases)]
