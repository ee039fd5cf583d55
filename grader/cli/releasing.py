"""``grader release`` and ``grader synth``: files made from the reference. Out: an exit code."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from grader.cli.show import out, print_json, steps
from grader.course.location import cache_home
from grader.early import slots
from grader.model import Assignment
from grader.pack import FILE, PackError, dump, is_current, load, pack_of, public_part, read_pack
from grader.release import constraints, first_steps, kit, stale, write_kit
from grader.session import SessionError, find_reference, open_session
from grader.spec import load_assignment, topic_names
from grader.synth import made_up_class
from grader.versions import packages, stamp
from grader.wheel import WheelError, wheel, wheel_name
from grader.whole import write_whole


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked for. ``pack`` is ``None`` when nothing was said of the pack: then it comes
    with a folder that was named, and is checked where there is one."""

    folder: Path | None
    topics: list[str]
    reference: Path | None
    check_only: bool
    pack: bool | None
    jobs: int
    as_json: bool

    @property
    def out(self) -> Path:
        return self.folder or Path("assignments")


def release(options: Options) -> int:
    """Writes the students' folder; when it only checks, 1 when a file of it is stale."""
    found = find_reference(options.reference)
    files: dict[str, str | bytes] = {
        **kit(load_assignment(found, "release", options.topics), found)
    }
    if options.check_only:
        changed = (*stale(files, options.out), *_stale_pack(options, found))
    else:
        wanted = options.folder is not None if options.pack is None else options.pack
        files |= _around(options, found) if wanted else {}
        changed = write_kit(files, options.out)
    if options.as_json:
        folder = str(options.out)
        print_json({"folder": folder, "files": sorted(files), "changed": sorted(changed)})
    else:
        _say_release(options, len(files), changed)
    return 1 if options.check_only and changed else 0


def _around(options: Options, reference: Path) -> dict[str, str | bytes]:
    """What a kit has besides its topics: how to begin, the grader itself, and the pack."""
    covered = _covered(options, reference)
    assignment = load_assignment(reference, "release", covered)
    try:
        return {
            "README.md": first_steps(assignment, reference, wheel_name()),
            "constraints.txt": constraints(packages()),
            wheel_name(): wheel(),
            FILE: _pack(reference, covered, slots(options.jobs)),
        }
    except (PackError, WheelError) as error:
        raise SessionError(str(error)) from None


def _pack(reference: Path, topics: list[str], number: int) -> bytes:
    with steps() as show:
        show.say("getting ready")
        with open_session(reference, topics, "release", show.say, public_only=True) as session:
            show.say("the reference and the known mistakes, on the public cases")
            course = session.course(number)
            pack = pack_of(session.assignment, course.baselines, stamp(session.home))
    data = dump(pack)
    load(data)  # what cannot be read again is no pack: better told here than to a class
    return data


def _stale_pack(options: Options, reference: Path) -> tuple[str, ...]:
    """The pack, when it is not what a release would make now; and the text beside it. Runs
    nothing, and needs no torch."""
    file = options.out / FILE
    wanted = file.exists() if options.pack is None else options.pack
    if not wanted:
        return ()
    assignment = load_assignment(reference, "release", _covered(options, reference))
    text = {"README.md": first_steps(assignment, reference, wheel_name())}
    fresh = _is_fresh(file, assignment)
    return (*stale(text, options.out), *(() if fresh else (FILE,)))


def _is_fresh(file: Path, assignment: Assignment) -> bool:
    try:
        pack = load(read_pack(file))
    except PackError:
        return False
    return is_current(pack, public_part(assignment), stamp(cache_home()))


def _covered(options: Options, reference: Path) -> list[str]:
    """The topics of the whole kit: those that are named, and those that were there before."""
    if not options.topics:
        return []
    there = [
        name
        for name in topic_names(reference)
        if (options.out / name / "solution.py").exists() and name not in options.topics
    ]
    return [*options.topics, *there]


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


def _say_release(options: Options, number: int, changed: tuple[str, ...]) -> None:
    console = out()
    for name in changed:
        word = "stale" if options.check_only else "wrote"
        console.print(f"{word} {options.out / name}", markup=False, soft_wrap=True)
    if options.check_only and changed:
        again = f"grader release -o {options.folder}" if options.folder else "grader release"
        console.print(f"Run `{again}` and give out what it writes.", markup=False)
    elif not changed:
        console.print(f"All {number} files in {options.out} are up to date.", markup=False)
