"""A virtual machine in software: boots, and hands on what it says.

In: a kernel and an archive. Out: messages, one JSON object each, from its serial line. The machine
has no disk, no network and nothing of this machine's but these two files.
"""

from __future__ import annotations

import json
import selectors
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MARK = "@@"  # begins a line that is a message


@dataclass(frozen=True, slots=True)
class Kind:
    """``debian`` is the architecture's name there, ``command`` the emulator and its machine."""

    debian: str
    command: tuple[str, ...]
    console: str


KINDS = {
    "x86_64": Kind("amd64", ("qemu-system-x86_64", "-machine", "q35", "-cpu", "max"), "ttyS0"),
    "aarch64": Kind(
        "arm64", ("qemu-system-aarch64", "-machine", "virt", "-cpu", "cortex-a72"), "ttyAMA0"
    ),
}
_MEMORY = 1536  # MiB


def boot(
    kind: Kind, kernel: Path, archive: Path, log: Path, seconds: float
) -> Iterator[dict[str, Any]]:
    """Boots and yields each message. All that the machine prints is in ``log``.

    Raises ``TimeoutError`` when it is not done after ``seconds``.
    """
    words = f"console={kind.console} quiet loglevel=1 panic=-1 random.trust_cpu=on rdinit=/init"
    command = [
        *("nice", "-n", "10", *kind.command, "-accel", "tcg", "-smp", "1", "-m", str(_MEMORY)),
        *("-nodefaults", "-display", "none", "-nic", "none", "-no-reboot", "-serial", "stdio"),
        *("-kernel", str(kernel), "-initrd", str(archive), "-append", words),
    ]
    with log.open("wb") as file, _started(command) as process:
        try:
            yield from _messages(_lines(process, file, time.monotonic() + seconds))
        finally:
            process.kill()


def _started(command: list[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, bufsize=0)


def _lines(process: subprocess.Popen[bytes], log: Any, deadline: float) -> Iterator[str]:
    kept = b""
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while (left := deadline - time.monotonic()) > 0:
            if not selector.select(left):
                break
            if not (data := process.stdout.read(1 << 16)):
                return
            log.write(data)
            log.flush()
            *whole, kept = (kept + data).split(b"\n")
            yield from (line.decode("utf-8", "replace").strip() for line in whole)
    raise TimeoutError(f"the machine took too long: {log.name} has what it said")


def _messages(lines: Iterator[str]) -> Iterator[dict[str, Any]]:
    for line in lines:
        _, mark, text = line.partition(MARK)
        if mark:
            message = json.loads(text)
            if "end" in message:
                return
            yield message
    raise RuntimeError("the machine stopped before it was done")
