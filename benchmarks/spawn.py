"""What a contained child of a warm process costs, from its start until nothing of it is left.

    python -m benchmarks.spawn [-n ROUNDS]

Side by side in one run, a round of each in turn:

* a plain fork of the same warm process, which ends at once;
* a child behind all layers that this machine has, which ends at once;
* the same behind the portable layers alone (root only);
* bubblewrap (Debian's ``bubblewrap``) starting an empty program in as many namespaces;
* bubblewrap starting a Python that has the same libraries imported, which is what a sandbox by
  exec costs a submission. That one a few times only: it takes seconds.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.table import markdown as table_of
from benchmarks.table import measured_on, replace_section
from grader.course.location import ensure_built, environment
from grader.sandbox import paths
from grader.sandbox.environment import clean_environment

_IMPORTS = (
    "import torch; torch.set_num_threads(1); from grader.worker import fixtures; fixtures.preload()"
)
_SLOW_ROUNDS = 3
PLAIN, CONTAINED, PORTABLE = "plain fork", "all layers", "portable layers"
EMPTY, PYTHON = "bubblewrap, empty program", "bubblewrap, Python with the libraries"


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("-n", type=int, default=40, help="rounds")
    arguments.add_argument("--json", action="store_true", help="figures alone")
    asked = arguments.parse_args()
    figures = measure(asked.n)
    if asked.json:
        json.dump(figures, sys.stdout, indent=2)
    else:
        replace_section("spawn", markdown(figures))
        show(figures)


def measure(rounds: int) -> dict[str, Any]:
    """Seconds of every kind, by round, and what was measured."""
    home = ensure_built(lambda text: print(text, file=sys.stderr))
    environment_ = clean_environment(environment(home))
    host = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.spawn_host", str(home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[1],
        env=environment_,
    )
    first = _line(host)
    kinds = {PLAIN: "plain", CONTAINED: "contained"}
    if any(layer.startswith("distinct user") for layer in first["layers"]):
        kinds[PORTABLE] = "portable"
    seconds: dict[str, list[float]] = {kind: [] for kind in (*kinds, EMPTY, PYTHON)}
    bubblewrap = _bubblewrap(home)
    for number in range(rounds + 3):
        for kind, word in kinds.items():
            taken = _ask(host, word)
            if number >= 3:  # the first ones pay for what is mapped lazily
                seconds[kind].append(taken)
        if bubblewrap and number >= 3:
            seconds[EMPTY].append(_run([*bubblewrap, "/usr/bin/true"], environment_))
    if bubblewrap:
        command = [*bubblewrap, sys.executable, "-I", "-c", _IMPORTS]
        seconds[PYTHON] = [_run(command, environment_) for _ in range(_SLOW_ROUNDS)]
    assert host.stdin is not None
    host.stdin.close()
    host.wait()
    return {**first, "rounds": rounds, "seconds": {k: v for k, v in seconds.items() if v}}


_HEADINGS = ("from start to nothing left", "median ms", "min ms", "× plain fork")


def show(figures: dict[str, Any]) -> None:
    """A table: median, minimum, and how many plain forks that is."""
    console = Console(width=100)
    table = Table(box=None, pad_edge=False)
    for name in _HEADINGS:
        table.add_column(name, justify="left" if name.startswith("from") else "right")
    for row in _rows(figures):
        table.add_row(*row)
    console.print(table)
    console.print(f"\n{_summary(figures)}", highlight=False)
    if EMPTY not in figures["seconds"]:
        console.print("bubblewrap is not installed: apt-get install bubblewrap")


def markdown(figures: dict[str, Any]) -> str:
    """The section of ``docs/benchmarks.md``."""
    table = table_of(_HEADINGS, _rows(figures))
    told = "`python -m benchmarks.spawn`, a round of each in turn."
    return f"## A contained child\n\n{told}\n\n{table}\n\n{_summary(figures)}\n\n{measured_on()}"


def _rows(figures: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    base = statistics.median(figures["seconds"][PLAIN])
    for kind, taken in figures["seconds"].items():
        median = statistics.median(taken)
        yield kind, f"{median * 1e3:.1f}", f"{min(taken) * 1e3:.1f}", f"{median / base:.2f}"


def _summary(figures: dict[str, Any]) -> str:
    base, contained = (
        1e3 * statistics.median(figures["seconds"][kind]) for kind in (PLAIN, CONTAINED)
    )
    return (
        f"Aims: under 50 ms ({contained:.1f}); at most twice a plain fork plus 20 ms "
        f"({2 * base + 20:.1f}). The warm process takes {figures['memory'] >> 20} MB; "
        f"{figures['rounds']} rounds. Layers: {', '.join(figures['layers'])}."
    )


def _bubblewrap(home: Path) -> list[str]:
    """Its command line for the same namespaces, libraries and scratch folder."""
    program = shutil.which("bwrap")
    if program is None:
        return []
    trees = [tree for tree in paths.libraries(home) if Path(tree).exists()]
    binds = [part for tree in trees for part in ("--ro-bind", tree, tree)]
    links = ["--ro-bind", "/usr/bin/true", "/usr/bin/true", "--dev", "/dev", "--tmpfs", "/scratch"]
    return [program, "--unshare-all", "--die-with-parent", "--new-session", *binds, *links]


def _run(command: list[str], variables: dict[str, str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env=variables)
    return time.perf_counter() - began


def _ask(host: subprocess.Popen[str], word: str) -> float:
    assert host.stdin is not None
    host.stdin.write(word + "\n")
    host.stdin.flush()
    return float(_line(host))


def _line(host: subprocess.Popen[str]) -> Any:
    assert host.stdout is not None
    line = host.stdout.readline()
    if not line:
        raise RuntimeError(f"the warm process ended with {host.wait()}")
    return json.loads(line)


if __name__ == "__main__":
    main()
