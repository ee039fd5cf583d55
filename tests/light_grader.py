"""``grader`` with a warm process that has no torch in it, so that it starts in a moment.

In: the arguments of ``grader``. All is the real thing but for torch, the fixtures and the codec,
which do what plain numbers, texts and lists need. For tests that start graders again and again.
"""

from __future__ import annotations

import sys

from plain_light import SETTING

from grader.cli import main
from grader.sandbox import starting

_BOOT = (
    "import os, sys; fd = int(sys.argv[1]); os.dup2(fd, 3); fd == 3 or os.close(fd)\n"
    f"{SETTING}\n"
    "sys.modules['torch'].UntypedStorage = type('UntypedStorage', (), {})\n"
)

if __name__ == "__main__":
    starting._BOOT = _BOOT
    sys.exit(main())
