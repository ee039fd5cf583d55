"""A coverage-guided fuzzer of all that hostile bytes reach in the trusted process.

``python -m fuzz.decoder TARGET [libFuzzer's options]``, as ``make fuzz`` calls it. TARGET is
``frame`` (the decoder, the archive and the comparison), ``ledger`` (a child's messages with their
descriptors) or ``pack``. Needs atheris. It begins with seeds that are made by code, keeps what
reached new code in ``build/fuzz/TARGET``, and stops with a file ``crash-*`` at the first thing that
does not hold (``fuzz.oracles`` says what must).
"""

from __future__ import annotations

import importlib
import random
import sys
import warnings
from collections.abc import Callable, Iterable
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["grader", "zipfile"]):
    from fuzz import frames, mutate, oracles, packs
    from grader.pack import dump, pack_of, public_part

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))  # a pack that holds one of everything
FOLDER = Path("build/fuzz")
LONGEST = 8192

Mutator = Callable[[bytes, random.Random, Callable[[bytes], bytes]], bytes]


def _frame(data: bytes) -> None:
    oracles.check_frame(data)


def _ledger(data: bytes) -> None:
    oracles.check_messages(data)


def _pack(data: bytes) -> None:
    """As a file, and as members of one whose hashes are right."""
    oracles.check_pack(data)
    oracles.check_pack(packs.sealed(data))


def _messages() -> Iterable[bytes]:
    lines = [b"0" + message for message in frames.messages()]
    return [*lines, b"\n".join(lines), b"\n".join(lines[:1] + lines[2:4] + lines[5:])]


def _packs() -> Iterable[bytes]:
    samples = importlib.import_module("pack_samples")
    public = public_part(samples.ASSIGNMENT)
    pack = pack_of(public, {packs.TOPIC: samples.BASELINE}, samples.VERSIONS)
    return [dump(pack), packs.lines_of(pack)]


TARGETS: dict[str, tuple[Callable[[bytes], None], Mutator, Callable[[], Iterable[bytes]]]] = {
    "frame": (_frame, mutate.changed_frame, frames.frames),
    "ledger": (_ledger, mutate.changed_messages, _messages),
    "pack": (_pack, mutate.changed_members, _packs),
}


def main() -> None:
    warnings.simplefilter("error", RuntimeWarning)  # numpy's: nothing hostile writes to a terminal
    target = sys.argv[1]
    check, change, seeds = TARGETS[target]
    folder = FOLDER / target
    folder.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(seeds()):
        (folder / f"seed-{number:03}").write_bytes(seed)

    def mutator(data: bytes, longest: int, seed: int) -> bytes:
        chance = random.Random(seed)
        blind = lambda part: atheris.Mutate(part, len(part) + 64)  # noqa: E731
        return change(data, chance, blind)[:longest]

    options = [f"-max_len={LONGEST}", f"-artifact_prefix={FOLDER}/{target}-"]
    atheris.Setup(
        [sys.argv[0], *options, *sys.argv[2:], str(folder)], check, custom_mutator=mutator
    )
    atheris.Fuzz()


if __name__ == "__main__":
    main()
