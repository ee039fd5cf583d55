"""What a child may read: libraries and the course cache, at their own paths.

In: the course cache. Out: paths. The grader's own package is among them (its worker runs there);
the assignment's reference folder never is.
"""

from __future__ import annotations

import sys
import sysconfig
from pathlib import Path

import grader
from grader.worker.containment import SYSTEM_READ_ONLY


def libraries(home: Path) -> tuple[str, ...]:
    """Every tree that honest code imports or loads from."""
    named = sysconfig.get_paths()
    trees = {
        Path(named["stdlib"]),
        Path(named["platstdlib"]),
        Path(named["purelib"]),
        Path(named["platlib"]),
        Path(sys.base_prefix, "bin"),
        Path(sys.base_prefix, "lib"),
        Path(sys.prefix, "bin"),
        Path(sys.prefix, "pyvenv.cfg"),
        Path(grader.__file__).parent,
        home,
    }
    return (*sorted(str(path) for path in trees if path.exists()), *SYSTEM_READ_ONLY)
