"""What a child said, made into outcomes. Every byte of it is hostile.

In: messages from the channel, each with a way to the bytes that came along, and how the child
ended. Out: an outcome for each case of each call: what the child said of it, or why it said
nothing.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, TypeAlias

from grader.model import Broken, Died, Frame, Job, Limits, Outcome, Raised, Returned
from grader.worker.channel import parted
from grader.worker.decode import FrameError, decode, parse_json
from grader.worker.limits import HEADER_ROOM, MESSAGE_TEXT

# The bytes of a value, at most so many. Raises ``FrameError`` or ``OSError`` when there are none.
Payload: TypeAlias = Callable[[int], bytes]
_A_DAY = 86_400.0  # seconds
_LINES = 1 << 30
_OVER = ("hidden", "ended")  # a child that has the hidden cases may say that it is at its end
_REASONS = {"timeout", "output", "signal", "exit", "result", "skipped", "ended"}


@dataclass(slots=True)
class Ledger:
    """Collects a child's messages. ``stage`` is how far it came: once it is ``"hidden"``, the child
    has the hidden cases, and nothing more is taken of what a student is shown.

    ``stopped`` are the kinds of calls that were refused while the file was loaded.
    """

    job: Job
    outcomes: dict[str, dict[str, Outcome]] = field(default_factory=dict)
    layers: tuple[str, ...] = ()
    stage: str = "start"
    fault: str = ""
    load_failure: Raised | None = None
    listener: int = -1
    stopped: tuple[str, ...] = ()
    _refused: dict[str, None] = field(default_factory=dict)

    @property
    def asks(self) -> bool:
        """Whether the child waits for the hidden cases."""
        return self.stage == "asks"

    def refused(self, kind: str) -> None:
        """Takes note of a refused call; it belongs to what the child says next."""
        self._refused[kind] = None

    def take(
        self, data: bytes, descriptors: Sequence[int] = (), payload: Payload | None = None
    ) -> None:
        """Takes one message in; closes its descriptors. The value is ``payload``, or stands behind
        the message, or is in the first descriptor. A message that makes no sense is dropped, in
        whatever way it makes none: its case then has no outcome, which is the student's own loss.
        """
        try:
            header, frame = parted(data)
            message = parse_json(header)
            if isinstance(message, dict):
                found = partial(_first, descriptors) if frame is None else partial(bounded, frame)
                self._take(message, payload or found, descriptors)
        except Exception:
            return
        finally:
            for descriptor in descriptors:
                with suppress(OSError):  # whatever one of them is, the others are closed
                    os.close(descriptor)

    def _take(self, message: dict[str, Any], payload: Payload, descriptors: Sequence[int]) -> None:
        if "function" in message:
            self._outcome(message, payload)
        elif "layers" in message and self.stage == "start":
            self.layers, self.stage = tuple(map(str, message["layers"])), "closed"
            if descriptors:
                self.listener = os.dup(descriptors[0])
        elif "fault" in message and self.stage in ("start", "closed"):
            self.fault = str(message["fault"])[:MESSAGE_TEXT]
        elif "loading" in message and self.stage == "closed":
            self.stage = "loading"
        elif "loaded" in message and self.stage == "loading":
            self.stage, self.stopped = "loaded", self._take_refused()
        elif "load" in message and self.stage == "loading" and self.load_failure is None:
            self.load_failure = replace(_raised(message["load"], ""), stage="load")
            self.stopped = self._take_refused()
        elif "asks" in message and self.stage == "loaded":
            self.stage = "asks"
        elif "end" in message:
            self.stage = self.stage if self.stage not in ("loaded", "hidden") else "ended"

    def _outcome(self, message: dict[str, Any], payload: Payload) -> None:
        call = next(c for c in self.job.calls if c.function == message["function"])
        case = dict(enumerate(call.cases))[message["case"]]
        known = self.outcomes.setdefault(call.function, {})
        # The first word counts: what a leftover of the student's says later is not even read. Nor
        # is a word about a public case by a child that has the hidden ones: it could tell of them.
        if case.name in known or (case.public and self.stage in _OVER):
            return
        outcome = _outcome_of(message, payload, call.limits)
        known[case.name] = replace(outcome, stopped=self._take_refused())

    def put(self, function: str, case: str, outcome: Outcome) -> None:
        """An outcome of the grader's own, for a case that has none."""
        self.outcomes.setdefault(function, {}).setdefault(case, outcome)

    def _take_refused(self) -> tuple[str, ...]:
        found = tuple(self._refused)
        self._refused.clear()
        return found

    def finish(self, ended: Outcome) -> dict[str, dict[str, Outcome]]:
        """Every case's outcome; ``ended`` is that of a case the child never came to."""
        rest = self.load_failure or ended
        if self._refused and not isinstance(rest, Broken):
            rest = replace(rest, stopped=self._take_refused())
        # How a child ended that has the hidden cases could tell of them, as its words could.
        settled = Died("ended") if self.stage in _OVER else rest
        return {
            call.function: {
                case.name: self.outcomes.get(call.function, {}).get(
                    case.name, settled if case.public else rest
                )
                for case in call.cases
            }
            for call in self.job.calls
        }


def killed_for_memory(
    outcomes: Mapping[str, Mapping[str, Outcome]],
) -> dict[str, dict[str, Outcome]]:
    """The same, where the kernel has ended processes of the run because it used too much memory:
    what was killed was killed for that."""

    def told(outcome: Outcome) -> Outcome:
        if isinstance(outcome, Died) and outcome.detail == "SIGKILL":
            return replace(outcome, reason="memory", detail="")
        return outcome

    return {
        function: {case: told(outcome) for case, outcome in cases.items()}
        for function, cases in outcomes.items()
    }


def _outcome_of(
    message: dict[str, Any], payload: Payload, limits: Limits
) -> Returned | Raised | Died:
    output = str(message.get("output", ""))
    clock: dict[str, Any] = {name: _seconds(message.get(name, 0.0)) for name in ("wall", "cpu")}
    if message["kind"] == "returned":
        try:
            return Returned(decode(payload(limits.result)), output=output, **clock)
        except (FrameError, OSError) as error:
            return Died("result", f"it could not be read: {error}", output=output, **clock)
    if message["kind"] == "raised":
        raised = _raised(message, output, **clock)
        # Only a whole file fails to load; a case that says so wants its words to be shown.
        return replace(raised, stage="call") if raised.stage == "load" else raised
    reason = message["reason"] if message["reason"] in _REASONS else "ended"
    return Died(reason, str(message.get("detail", ""))[:200], output=output, **clock)


def _seconds(value: Any) -> float:
    """What a clock can have said: it is added up and shown."""
    seconds = float(value)
    return seconds if 0 <= seconds <= _A_DAY else 0.0


def _raised(message: dict[str, Any], output: str, wall: float = 0.0, cpu: float = 0.0) -> Raised:
    return Raised(
        type=str(message["type"])[:120],
        message=str(message["message"])[:MESSAGE_TEXT],
        classes=tuple(str(name)[:120] for name in message["classes"][:12]),
        frames=tuple(
            Frame(max(0, min(int(line), _LINES)), str(name)[:120])
            for line, name in message["frames"][:12]
        ),
        output=output,
        stage=str(message["stage"])[:20],
        wall=wall,
        cpu=cpu,
    )


def _first(descriptors: Sequence[int], limit: int) -> bytes:
    if not descriptors:
        raise FrameError("no result came along")
    from grader.sandbox.sealed import read_sealed  # only Linux has what it needs

    return read_sealed(descriptors[0], limit)


def bounded(frame: bytes, limit: int) -> bytes:
    """The bytes of a value that are here already. Raises ``FrameError`` when they are too many."""
    if len(frame) > limit + HEADER_ROOM:
        raise FrameError(f"the result has {len(frame)} bytes")
    return frame


def dumps(message: dict[str, Any]) -> bytes:
    """A message for the warm process."""
    return json.dumps(message).encode()
