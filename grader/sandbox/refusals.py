"""Hears of the calls that the sandbox refuses, and refuses them.

In: a listener of the system call filter. Out: what was tried, by kind. The caller waits in the
kernel until it is answered, so that nothing here is a race, whatever process of the student's made
the call.
"""

from __future__ import annotations

import errno
import fcntl
import os
import select
import struct
from dataclasses import dataclass

from grader.worker.containment.policy import judge
from grader.worker.containment.syscalls import machine

# From linux/seccomp.h: struct seccomp_notif (id, pid, flags, number, architecture, address, six
# arguments) and struct seccomp_notif_resp (id, value, error, flags).
_NOTICE, _ANSWER = struct.Struct("=QIIiIQ6Q"), struct.Struct("=QqiI")
_RECEIVE, _SEND = 0xC0502100, 0xC0182101
# A loop of refused calls must not keep the grader busy. Without a listener the calls fail by
# themselves.
_MOST = 200


@dataclass(slots=True)
class Refusals:
    """The listener of one child. ``descriptor`` can be waited for; -1 when it is closed."""

    descriptor: int
    heard: int = 0

    def take(self) -> str:
        """Refuses one call and returns what kind it was; ``""`` when there was none."""
        waiting = select.poll()
        waiting.register(self.descriptor, select.POLLIN)
        events = dict(waiting.poll(0)).get(self.descriptor, 0)
        if not events & select.POLLIN:  # asked for a notice, the kernel would wait for one
            if events:  # the last process behind the filter has ended
                self.close()
            return ""
        notice = bytearray(_NOTICE.size)
        try:
            fcntl.ioctl(self.descriptor, _RECEIVE, notice)
            identity, _, _, number, _, _, *arguments = _NOTICE.unpack(notice)
            refusal, kind = judge(number, tuple(arguments), machine())
            fcntl.ioctl(self.descriptor, _SEND, _ANSWER.pack(identity, 0, -refusal, 0))
        except OSError as error:
            if error.errno != errno.ENOENT:  # the caller was killed meanwhile
                self.close()
            return ""
        self.heard += 1
        if self.heard >= _MOST:
            self.close()
        return kind

    def close(self) -> None:
        if self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1
