"""The repository's own tests of containment in a machine. In: a name and files. Out: JSON lines."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

TESTS = Path("/grader/tests")


class Teller:
    """Says each test's end on the descriptor that was standard output."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.out = os.fdopen(os.dup(1), "w")  # pytest captures what 1 is
        self.counts = {"passed": 0, "skipped": 0, "failed": 0}

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.when != "call" and report.outcome == "passed":
            return
        self.counts[report.outcome] += 1
        if report.outcome == "failed":
            self._say({"check": report.nodeid, "held": False, "seen": _why(report)})
        if report.outcome == "skipped":
            self._say({"skipped": report.nodeid, "why": str(report.longrepr)[-200:]})

    def pytest_collectreport(self, report: Any) -> None:
        if report.failed:
            self._say({"check": report.nodeid, "held": False, "seen": _why(report)})

    def pytest_sessionfinish(self) -> None:
        seen = ", ".join(f"{count} {what}" for what, count in self.counts.items() if count)
        held = self.counts["passed"] > 0 and not self.counts["failed"]
        self._say({"check": "the tests of containment", "held": held, "seen": seen})

    def _say(self, message: dict[str, Any]) -> None:
        print(json.dumps({"scenario": self.name, **message}), file=self.out, flush=True)


def _why(report: Any) -> str:
    crash = getattr(report.longrepr, "reprcrash", None)
    return f"{crash.lineno}: {crash.message}" if crash else str(report.longrepr)[-1500:]


def main(name: str, files: list[str]) -> int:
    sys.path[:0] = [str(TESTS), str(TESTS.parent)]
    import pytest

    wanted = [str(TESTS / file) for file in files]
    options = ["-q", "-p", "no:cacheprovider", "--noconftest", "-c", "/dev/null"]
    options += ["--rootdir", str(TESTS)]
    teller = Teller(name)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    return int(pytest.main([*options, *wanted], plugins=[teller]))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1], sys.argv[2:]))
