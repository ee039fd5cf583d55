"""Forks of ours without what libraries do at a fork for the sake of threads that are not there.

In: the hooks that libraries register while they are imported. Out: the same hooks, of which those
that only renew locks are passed over in a fork that a process with one thread makes ``alone``. No
other thread can have held such a lock. Together they write to some three hundred pages, which a
fork has to copy first. Forks that a student's code makes itself do all that they always do.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Hook = Callable[[], object]
# Modules whose hooks renew locks. (fsspec and filelock do it by themselves, too, when they find
# that the process has another number.)
_OF_LOCKS = frozenset({"logging", "filelock._api", "fsspec.spec"})
_register = os.register_at_fork


class _State:
    alone = False


def watch() -> None:
    """To be called before anything is imported that registers hooks."""
    os.register_at_fork = _register_watched


def leave() -> None:
    """To be called after all imports: what is registered from here on is left as it is."""
    os.register_at_fork = _register


@contextmanager
def alone() -> Iterator[None]:
    """A fork within passes the hooks over, if one thread of this process runs Python, whoever
    started it."""
    _State.alone = len(sys._current_frames()) == 1
    try:
        yield
    finally:
        _State.alone = False


def _register_watched(
    *,
    before: Hook | None = None,
    after_in_parent: Hook | None = None,
    after_in_child: Hook | None = None,
) -> None:
    given = {
        "before": before,
        "after_in_parent": after_in_parent,
        "after_in_child": after_in_child,
    }
    hooks = {name: hook for name, hook in given.items() if hook is not None}
    if any(getattr(hook, "__module__", None) in _OF_LOCKS for hook in hooks.values()):
        hooks = {name: _unless_alone(hook) for name, hook in hooks.items()}
    _register(**hooks)


def _unless_alone(hook: Hook) -> Hook:
    def run() -> None:
        if not _State.alone:
            hook()

    return run
