"""A user of its own for each slot, when the grader was started as root.

In: nothing. Out: a uid nobody else on this machine uses for the same at the moment.
"""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass

from grader.sandbox.seam import SandboxError

# systemd's range for users made on the fly (systemd's "Users, Groups, UIDs and GIDs" page): no
# person's account lies there, and it exists inside a container's usual 65,536 ids too.
_FIRST, _LAST = 61_184, 65_519


@dataclass(slots=True)
class Lease:
    """A uid held for a slot. ``None`` when the grader is an ordinary user and must stay one."""

    uid: int | None
    _mark: socket.socket | None = None

    def release(self) -> None:
        if self._mark is not None:
            self._mark.close()


def lease_uid() -> Lease:
    """A free uid. The mark is an abstract socket's name: the kernel frees it with the process.

    Raises ``SandboxError`` when there is none.
    """
    if os.geteuid() != 0:
        return Lease(None)
    for uid in range(_FIRST, _LAST + 1):
        mark = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            mark.bind(f"\0grader-uid-{uid}")
        except OSError:
            mark.close()
            continue
        return Lease(uid, mark)
    raise SandboxError("every uid for submissions is in use: run fewer slots at once")
