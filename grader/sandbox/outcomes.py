"""What a child said, made into outcomes. Every byte of it is hostile.

In: messages and memory files from the channel, and how the child ended. Out: an outcome for each
case of each call: what the child said of it, or why it said nothing.
"""

from __future__ import annotations

import fcntl
import json
import os
from dataclasses import dataclass, field, replace
from typing import Any

from grader.model import Died, Frame, Job, Limits, Outcome, Raised, Returned
from grader.worker.decode import FrameError, decode, parse_json
from grader.worker.limits import MESSAGE_TEXT

_SEALS = fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE
_REASONS = {"timeout", "output", "signal", "exit", "result", "skipped", "ended"}


@dataclass(slots=True)
class Ledger:
    """Collects a child's messages. ``stage`` is how far it came."""

    job: Job
    outcomes: dict[str, dict[str, Outcome]] = field(default_factory=dict)
    layers: tuple[str, ...] = ()
    stage: str = "start"
    fault: str = ""
    load_failure: Raised | None = None

    def take(self, data: bytes, descriptors: list[int]) -> None:
        """Takes one message in; closes its descriptors. A message that makes no sense is dropped,
        in whatever way it makes none: its case then has no outcome, which is the student's own
        loss."""
        try:
            message = parse_json(data)
            if isinstance(message, dict):
                self._take(message, descriptors)
        except Exception:
            return
        finally:
            for descriptor in descriptors:
                os.close(descriptor)

    def _take(self, message: dict[str, Any], descriptors: list[int]) -> None:
        if "function" in message:
            self._outcome(message, descriptors)
        elif "layers" in message and self.stage == "start":
            self.layers, self.stage = tuple(map(str, message["layers"])), "closed"
        elif "fault" in message and self.stage in ("start", "closed"):
            self.fault = str(message["fault"])[:MESSAGE_TEXT]
        elif "loading" in message and self.stage == "closed":
            self.stage = "loading"
        elif "loaded" in message and self.stage == "loading":
            self.stage = "loaded"
        elif "load" in message and self.stage == "loading":
            self.load_failure = replace(_raised(message["load"], ""), stage="load")
        elif "end" in message:
            self.stage = self.stage if self.stage != "loaded" else "ended"

    def _outcome(self, message: dict[str, Any], descriptors: list[int]) -> None:
        call = next(c for c in self.job.calls if c.function == message["function"])
        case = call.cases[int(message["case"])].name
        known = self.outcomes.setdefault(call.function, {})
        # The first word counts: what a leftover of the student's says later is not even read.
        if case not in known:
            known[case] = _outcome_of(message, descriptors, call.limits)

    def finish(self, ended: Outcome) -> dict[str, dict[str, Outcome]]:
        """Every case's outcome; ``ended`` is that of a case the child never came to."""
        rest = self.load_failure or ended
        return {
            call.function: {
                case.name: self.outcomes.get(call.function, {}).get(case.name, rest)
                for case in call.cases
            }
            for call in self.job.calls
        }


def _outcome_of(message: dict[str, Any], descriptors: list[int], limits: Limits) -> Outcome:
    output = str(message.get("output", ""))
    clock: dict[str, Any] = {
        "wall": float(message.get("wall", 0.0)),
        "cpu": float(message.get("cpu", 0.0)),
    }
    if message["kind"] == "returned":
        try:
            return Returned(
                decode(read_sealed(descriptors[0], limits.result)), output=output, **clock
            )
        except (FrameError, OSError, IndexError) as error:
            return Died("result", f"it could not be read: {error}", output=output, **clock)
    if message["kind"] == "raised":
        raised = _raised(message, output, **clock)
        # Only a whole file fails to load; a case that says so wants its words to be shown.
        return replace(raised, stage="call") if raised.stage == "load" else raised
    reason = message["reason"] if message["reason"] in _REASONS else "ended"
    return Died(reason, str(message.get("detail", ""))[:200], output=output, **clock)


def _raised(message: dict[str, Any], output: str, wall: float = 0.0, cpu: float = 0.0) -> Raised:
    return Raised(
        type=str(message["type"])[:120],
        message=str(message["message"])[:MESSAGE_TEXT],
        classes=tuple(str(name)[:120] for name in message["classes"][:12]),
        frames=tuple(Frame(int(line), str(name)[:120]) for line, name in message["frames"][:12]),
        output=output,
        stage=str(message["stage"])[:20],
        wall=wall,
        cpu=cpu,
    )


def read_sealed(descriptor: int, limit: int) -> bytes:
    """The bytes of a sealed memory file, at most ``limit`` and the room a header takes.

    Raises ``FrameError`` when it is not sealed (its owner could still change it) or too large.
    """
    try:
        seals = fcntl.fcntl(descriptor, fcntl.F_GET_SEALS)
    except OSError:
        raise FrameError("the result is not a memory file") from None
    if seals & _SEALS != _SEALS:
        raise FrameError("the result is not sealed")
    size = os.fstat(descriptor).st_size
    if size > limit + (1 << 20):
        raise FrameError(f"the result has {size} bytes")
    return os.pread(descriptor, size, 0)


def dumps(message: dict[str, Any]) -> bytes:
    """A message for the warm process."""
    return json.dumps(message).encode()
