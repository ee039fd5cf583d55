"""The environment variables without which a program does not start. In: nothing. Out: a dict."""

from __future__ import annotations

import os

# On Windows no program finds the system's own libraries without these; elsewhere none is set.
_NEEDED = ("SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "COMSPEC", "PATHEXT", "USERPROFILE")
# Python and its libraries ask them what machine this is.
_MACHINE = ("NUMBER_OF_PROCESSORS", "PROCESSOR_ARCHITECTURE")


def system_variables() -> dict[str, str]:
    """The caller's own values of them; on Windows ``PATH`` too, where libraries are looked for."""
    found = {name: os.environ[name] for name in (*_NEEDED, *_MACHINE) if name in os.environ}
    if "SYSTEMROOT" in found:
        found["PATH"] = os.environ.get("PATH", "")
    return found
