"""Which workers there are. In: what the scheduler says, now and then. Out: seats for those that are
fit, a sentence about each that is not, and the weakest containment of all.

A worker is fit when all that a result depends on is the same there as here, and when it contains
students' code no less than was found good at the beginning.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from grader.cluster.errors import ClusterError
from grader.cluster.policy import settle
from grader.cluster.seats import Seats
from grader.cluster.words import Facts, Report, load_report


@dataclass(slots=True)
class Roster:
    """Looks at a scheduler. ``facts`` is what every worker must have; ``answer`` the seconds that
    scheduler and workers may take to say something."""

    client: Any
    facts: Facts
    seats: Seats
    say: Callable[[str], None]
    answer: float
    refused: dict[str, str] = field(default_factory=dict)
    _scheduler: str = ""
    _reports: dict[str, Report] = field(default_factory=dict)
    _floor: tuple[str, ...] | None = None

    def settle(self) -> None:
        """Has the scheduler leave to us what becomes of the jobs of a worker that ended."""
        try:
            self._scheduler = self._ask(self.client.run_on_scheduler, settle)
        except ModuleNotFoundError as error:
            raise ClusterError(
                f"the scheduler's Python has no grader ({error}): start it from an environment in "
                'which "grader[cluster]" is installed'
            ) from None

    def look(self) -> None:
        """Takes note of who came and went. Raises ``ClusterError`` when the scheduler is gone."""
        known = self._known()
        here = {one for one, what in known.items() if what["status"] == "running"}
        seated = self.seats.workers()
        self._forget(set(seated) - set(known))
        for worker in set(seated) - here:
            self.seats.shut(worker)
        for worker in set(seated) & here:
            self.seats.admit(worker)
        new = sorted(here - set(seated) - set(self.refused))
        for worker, report in self._met(new).items():
            self._judge(worker, str(known[worker]["name"]), report)

    def refuse(self, worker: str, why: str) -> None:
        """Gives it nothing any more, and says why."""
        self.refused[worker] = why
        self._forget([worker])
        self.say(why)

    def layers(self) -> tuple[str, ...]:
        """Those that hold on every worker. Who comes later must have them too."""
        found = [report.layers for report in self._reports.values()]
        self._floor = weakest(found)
        return self._floor

    def missing(self) -> Facts:
        """Those that do not hold on some worker, each with the reason there."""
        found = {
            name: f"{why} (on {worker})"
            for worker, report in self._reports.items()
            for name, why in report.missing
        }
        return tuple(found.items())

    def _judge(self, worker: str, name: str, report: Report) -> None:
        who = f"the worker {name}" if name == worker else f"the worker {name} at {worker}"
        why = report.fault or differences(self.facts, report.facts)
        if why:
            self.refuse(worker, f"{who} is refused: {why}")
        elif less := self._less(report):
            self.refuse(worker, f"{who} is refused: it contains students' code without {less}")
        else:
            self._reports[worker] = report
            self.seats.admit(worker)

    def _less(self, report: Report) -> str:
        held = {base_of(layer) for layer in report.layers}
        return ", ".join(layer for layer in self._floor or () if base_of(layer) not in held)

    def _forget(self, workers: Iterable[str]) -> None:
        gone = tuple(workers)
        for worker in gone:
            self._reports.pop(worker, None)
        self.seats.dismiss(gone)

    def _known(self) -> Mapping[str, Any]:
        said = self._ask(self.client.scheduler.identity, n_workers=-1)
        if said["id"] != self._scheduler:
            raise ClusterError(_lost("it was started anew"))
        workers: Mapping[str, Any] = said["workers"]
        return workers

    def _met(self, workers: list[str]) -> dict[str, Report]:
        """What they say of themselves; those that have just gone again are left out."""
        if not workers:
            return {}
        from grader.cluster.worker import greet

        try:
            said = self._ask(self.client.run, greet, workers=workers, on_error="return")
        except ClusterError:
            if len(workers) > 1:  # one that does not answer must not hide the others
                return {who: found for one in workers for who, found in self._met([one]).items()}
            self._known()  # or is it the scheduler?
            said = {workers[0]: f"it did not answer within {self.answer:g} s"}
        return {
            worker: load_report(found) if isinstance(found, bytes) else Report(fault=str(found))
            for worker, found in said.items()
            if not isinstance(found, OSError)
        }

    def _ask(self, question: Any, *arguments: Any, **named: Any) -> Any:
        """Asks in the client's own thread, and waits for so long."""
        try:
            return self.client.sync(question, *arguments, callback_timeout=self.answer, **named)
        except OSError as error:  # a time-out is one too
            raise ClusterError(_lost(str(error) or "no answer")) from None


def differences(here: Facts, there: Facts) -> str:
    """What differs, in a sentence; ``""`` when nothing does."""
    found = dict(there)
    return ", ".join(
        f"{name} is {found.get(name, 'missing')} there and {value} here"
        for name, value in here
        if found.get(name) != value
    )


def weakest(found: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """The layers that are in all of them. Where they say it in different words (another version
    of Landlock), by their plain name."""
    first, *others = [{base_of(layer): layer for layer in layers} for layers in found] or [{}]
    return tuple(
        layer if all(other[base] == layer for other in others) else base
        for base, layer in first.items()
        if all(base in other for other in others)
    )


def base_of(layer: str) -> str:
    """A layer's plain name, as in ``landlock`` of ``landlock:7``."""
    return re.split(r"[:(]", layer)[0].strip()


def _lost(why: str) -> str:
    return (
        f"the scheduler is lost: {why}. Start it and its workers again, and run the same command: "
        "what was finished is stored."
    )
