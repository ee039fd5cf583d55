"""``grader doctor``: what is there and what is missing. In: nothing. Out: an exit code."""

from __future__ import annotations

from dataclasses import asdict

from rich.table import Table

from grader.cli.show import out, print_json
from grader.course.location import cache_home, is_built
from grader.sandbox.layers import weak
from grader.session import versions
from grader.worker.containment import Layer, capabilities, step_aside


def doctor(as_json: bool) -> int:
    """Prints the table. 1 when others' code cannot be run safely here, or something is missing."""
    step_aside()
    layers = capabilities()
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


def _print(layers: tuple[Layer, ...], found: dict[str, str], built: bool) -> None:
    console = out()
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("containment layer", no_wrap=True)
    table.add_column("here", no_wrap=True)
    table.add_column("detail", overflow="fold")
    for layer in layers:
        table.add_row(layer.name, "yes" if layer.available else "no", layer.detail)
    console.print(table)
    for layer in layers:
        if not layer.available:
            console.print(f"\n{layer.name}: {layer.consequence_if_missing}")
            console.print(f"  How to get it: {layer.how_to_get_it}")
    console.print(
        "\n" + ", ".join(f"{name} {value}" for name, value in found.items()), markup=False
    )
    state = "built" if built else "not built yet; the next command that needs it builds it"
    console.print(f"course cache: {cache_home()} ({state})", markup=False, soft_wrap=True)
