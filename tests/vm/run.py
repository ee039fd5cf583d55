"""Runs the containment for real on kernels that this machine does not have, in virtual machines.

In: kinds of machine, scenarios. Out: what held, as lines; with ``--page`` as a page. 1 when
something did not hold. Needs Debian, qemu-system-x86 and qemu-system-arm; no root.

    python tests/vm/run.py                            # all there is, on both kinds
    python tests/vm/run.py x86_64 --play root,user    # some of it
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
CACHE = ROOT / "build" / "vm"
sys.path.insert(0, str(HERE))

from image import build, kernel_of  # noqa: E402
from machine import KINDS, boot  # noqa: E402
from packages import fetch  # noqa: E402
from page import page  # noqa: E402
from scenarios import SCENARIOS  # noqa: E402

_EVERYTHING = ",".join((*(one.name for one in SCENARIOS), "tests-root", "tests-user"))
_USERS = """root:x:0:0:root:/root:/bin/sh
nobody:x:65534:65534:nobody:/:/bin/sh
staff:x:1000:1000:staff:/tmp:/bin/sh
"""
_INIT = """#!/usr/bin/python3 -I
import os
known = {"PATH": "/usr/bin", "PLAY": "%s"}
os.execve("/usr/bin/python3", ["python3", "/grader/tests/vm/first.py"], known)
"""


def main() -> int:
    wanted = _arguments()
    programs = ["apt-get", "dpkg-deb", *(KINDS[kind].command[0] for kind in wanted.kinds)]
    if missing := [program for program in programs if shutil.which(program) is None]:
        raise SystemExit(
            f"{', '.join(missing)}: not on this machine. On Debian: "
            "apt-get install qemu-system-x86 qemu-system-arm"
        )
    messages = [message for kind in wanted.kinds for message in _run(kind, wanted)]
    if wanted.page is not None:
        found = [json.loads(file.read_text()) for file in sorted(CACHE.glob("*/found.json"))]
        wanted.page.write_text(page(found))
    wrong = [one for one in messages if not one.get("held", True) or "fault" in one]
    findings = sum("held" in message for message in messages)
    print(f"{findings} findings, {len(wrong)} of them not as they must be")
    return 1 if wrong or not findings else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("kinds", nargs="*", default=list(KINDS), help=f"of {' '.join(KINDS)}")
    parser.add_argument("--play", default=_EVERYTHING, help=f"of {_EVERYTHING}")
    parser.add_argument("--release", default="", help="where apt takes the kernel from")
    parser.add_argument("--sources", type=Path, help="apt's list of sources instead of your own")
    parser.add_argument("--hours", type=float, default=1.0, help="the longest a machine may take")
    parser.add_argument("--page", type=Path, help="writes what was found, of earlier runs too")
    wanted = parser.parse_args()
    if unknown := set(wanted.kinds) - set(KINDS):
        parser.error(f"there is no machine {unknown.pop()!r}: take some of {' '.join(KINDS)}")
    return wanted


def _run(kind: str, wanted: argparse.Namespace) -> list[dict[str, Any]]:
    folder = CACHE / "-".join(filter(None, (kind, wanted.release)))
    folder.mkdir(parents=True, exist_ok=True)
    packages = fetch(KINDS[kind].debian, folder, wanted.sources, wanted.release)
    kernel, archive = folder / "vmlinuz", folder / "archive"
    kernel.write_bytes(kernel_of(packages.kernel))
    archive.write_bytes(build(packages.others, _files(wanted.play), ("init",)))
    print(f"{kind}: {packages.kernel.name.partition('_')[0]} boots", flush=True)
    found, began = [], time.monotonic()
    for message in boot(KINDS[kind], kernel, archive, folder / "log", wanted.hours * 3600):
        message["seconds"] = round(time.monotonic() - began)
        found.append(message)
        _show(message)
    (folder / "found.json").write_text(json.dumps(found, indent=1))
    return found


def _show(message: dict[str, Any]) -> None:
    if "held" in message:
        mark = "ok" if message["held"] else "NO"
        line = f"{mark} {message['scenario']}: {message['check']}: {message['seen']}"
        print(f"{message['seconds']:5} {line}", flush=True)
    elif "skipped" not in message:
        print(message, flush=True)


def _files(play: str) -> dict[str, bytes]:
    """The repository's files that a machine gets. A package's own first lines would import what is
    not there, and are left out."""
    kept = [*ROOT.glob("grader/worker/**/*.py"), *ROOT.glob("grader/sandbox/*.py")]
    kept += [*ROOT.glob("tests/*.py"), *HERE.glob("*.py")]
    found = {f"grader/{path.relative_to(ROOT)}": path.read_bytes() for path in kept}
    empty = ("grader", "grader/sandbox")
    return {
        **found,
        **{f"grader/{name}/__init__.py": b"" for name in empty},
        "etc/passwd": _USERS.encode(),
        "etc/shadow": b"root:!:1::::::\n",
        "init": (_INIT % play).encode(),
    }


if __name__ == "__main__":
    raise SystemExit(main())
