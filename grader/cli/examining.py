"""``grader doctor``: what is there and what is missing. In: nothing. Out: an exit code."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from itertools import groupby
from typing import TYPE_CHECKING, TypeAlias

from rich.table import Table

from grader.cli.show import out, print_json
from grader.course.location import cache_home, is_built
from grader.sandbox import can_contain
from grader.sandbox.absent import Absent, absent
from grader.sandbox.layers import weak
from grader.versions import versions

if TYPE_CHECKING:
    from grader.worker.containment import Layer

Layers: TypeAlias = "Sequence[Layer | Absent]"


def doctor(as_json: bool) -> int:
    """Prints the table. 1 when others' code cannot be run safely here, or something is missing."""
    layers = _layers()
    built = is_built()
    found = dict(versions())
    here = [layer.name for layer in layers if layer.available]
    ready = not weak(here) and "missing" not in found.values()
    if as_json:
        print_json(
            {
                "layers": [asdict(layer) for layer in layers],
                "versions": found,
                "course_cache": {"path": str(cache_home()), "built": built},
                "ready": ready,
            }
        )
    else:
        _print(layers, found, built)
    return 0 if ready else 1


def _layers() -> Layers:
    if not can_contain():
        return absent()
    from grader.worker.containment import capabilities, step_aside

    step_aside()
    return capabilities()


def _print(layers: Layers, found: dict[str, str], built: bool) -> None:
    console = out()
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("containment layer", no_wrap=True)
    table.add_column("here", no_wrap=True)
    table.add_column("detail", overflow="fold")
    for layer in layers:
        table.add_row(layer.name, "yes" if layer.available else "no", layer.detail)
    console.print(table)
    for names, consequence, remedy in _missing(layers):
        console.print(f"\n{names}: {consequence}")
        console.print(f"  How to get it: {remedy}")
    console.print(
        "\n" + ", ".join(f"{name} {value}" for name, value in found.items()), markup=False
    )
    state = "built" if built else "not built yet; the next command that needs it builds it"
    console.print(f"course cache: {cache_home()} ({state})", markup=False, soft_wrap=True)


def _missing(layers: Layers) -> Iterable[tuple[str, str, str]]:
    """Names, consequence and remedy of what is missing; what has the same ones, together."""
    gone = [layer for layer in layers if not layer.available]
    told = groupby(gone, lambda layer: (layer.consequence_if_missing, layer.how_to_get_it))
    for (consequence, remedy), group in told:
        yield ", ".join(layer.name for layer in group), consequence, remedy
