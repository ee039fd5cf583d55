"""One writer: what several threads hand in at the same time becomes one transaction.

In: works, functions of a connection that write. Out: their results, once they are committed, so
that what one returned for survives whatever happens next. A commit waits for the disk; those who
come meanwhile are all in the next one.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from grader.store.engines import Database
from grader.store.errors import StoreError

Result = TypeVar("Result")
_AGAIN = ("40P01", "40001")  # PostgreSQL's: two transactions were in each other's way
_TRIES = 5


class _Ticket:
    """A work that waits for its transaction."""

    __slots__ = ("done", "error", "result", "work")

    def __init__(self, work: Callable[[Connection], Any]) -> None:
        self.work = work
        self.done = False
        self.result: Any = None
        self.error: Exception | None = None

    def settle(self, result: Any = None, error: Exception | None = None) -> None:
        self.result, self.error, self.done = result, error, True


class Writer:
    """Whoever comes first leads: it takes all that wait into its transaction. A work may run more
    than once, each time in a transaction of which nothing is left; it changes nothing else."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.connection = database.write()
        self._waiting: list[_Ticket] = []
        self._gate = threading.Lock()  # of the list
        self._turn = threading.Lock()  # of the connection

    def do(self, work: Callable[[Connection], Result]) -> Result:
        """The work's result, committed. Raises what it raises, and ``StoreError``; then nothing
        of it was kept."""
        ticket = _Ticket(work)
        with self._gate:
            self._waiting.append(ticket)
        with self._turn:
            if not ticket.done:
                self._lead(ticket)
        if ticket.error is not None:
            raise ticket.error
        result: Result = ticket.result
        return result

    def close(self) -> None:
        with self._turn:
            self.connection.close()

    def _lead(self, own: _Ticket) -> None:
        with self._gate:
            group, self._waiting = self._waiting, []
        try:
            self._run(group)
        except BaseException:
            # Ctrl-C in the leading thread: the others' works are not its own.
            left = [ticket for ticket in group if not ticket.done and ticket is not own]
            with self._gate:
                self._waiting = left + self._waiting
            raise

    def _run(self, group: list[_Ticket]) -> None:
        """When the works cannot be done together, each is done alone: one is at fault."""
        try:
            results = self._transaction(group)
        except Exception as error:
            if len(group) == 1:
                group[0].settle(error=error)
            else:
                for ticket in group:
                    self._run([ticket])
        else:
            for ticket, result in zip(group, results, strict=True):
                ticket.settle(result)

    def _transaction(self, group: list[_Ticket]) -> list[Any]:
        for tried in range(_TRIES):
            # SQLAlchemy would connect anew, but our lock on the space went with the connection.
            if self.connection.closed or self.connection.invalidated:
                raise StoreError(f"{self._database.label}: the connection is gone.")
            try:
                with self.connection.begin():
                    return [ticket.work(self.connection) for ticket in group]
            except SQLAlchemyError as error:
                if tried == _TRIES - 1 or _state(error) not in _AGAIN:
                    raise self._database.fault(error) from error
        raise AssertionError("unreachable")


def _state(error: SQLAlchemyError) -> str:
    """PostgreSQL's code for what went wrong; ``""`` elsewhere."""
    return getattr(getattr(error, "orig", None), "sqlstate", None) or ""
