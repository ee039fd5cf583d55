"""``grader release`` and ``grader synth``: files made from the reference. Out: an exit code."""

from __future__ import annotations

import json
from pathlib import Path

from grader.cli.show import out, print_json
from grader.release import kit, stale, write_kit
from grader.session import SessionError, find_reference
from grader.spec import load_assignment
from grader.synth import made_up_class
from grader.whole import write_whole


def release(
    folder: Path, topics: list[str], reference: Path | None, check_only: bool, as_json: bool
) -> int:
    """Writes the students' folder; with ``check_only`` 1 when a file of it is stale."""
    found = find_reference(reference)
    files = kit(load_assignment(found, "release", topics), found)
    changed = stale(files, folder) if check_only else write_kit(files, folder)
    if as_json:
        print_json({"folder": str(folder), "files": sorted(files), "changed": sorted(changed)})
    else:
        _say_release(folder, len(files), changed, check_only)
    return 1 if check_only and changed else 0


def synth(
    number: int, folder: Path, seed: int, topics: list[str], reference: Path | None, as_json: bool
) -> int:
    """Writes a made-up class and ``.truth.json``, which says what each was made of."""
    if folder.exists() and any(folder.iterdir()):
        raise SessionError(f"{folder} is not empty. Name a new folder, or remove it first.")
    assignment = load_assignment(find_reference(reference), "synth", topics)
    truth = {}
    for made in made_up_class(assignment, number, seed):
        for name, data in made.files.items():
            write_whole(folder / name, data)
        truth[made.name] = made.truth
    write_whole(folder / ".truth.json", json.dumps(truth, indent=1).encode())
    if as_json:
        print_json({"folder": str(folder), "submissions": sorted(truth)})
    else:
        out().print(f"{len(truth)} submissions in {folder}", markup=False, soft_wrap=True)
    return 0


def _say_release(folder: Path, number: int, changed: tuple[str, ...], check_only: bool) -> None:
    console = out()
    for name in changed:
        word = "stale" if check_only else "wrote"
        console.print(f"{word} {folder / name}", markup=False, soft_wrap=True)
    if check_only and changed:
        console.print(f"Run `grader release -o {folder}` and commit what it writes.", markup=False)
    elif not changed:
        console.print(f"All {number} files in {folder} are up to date.", markup=False)
