"""The commands and their arguments. Each command's module is imported when it runs, so that
``--help`` imports nothing heavy.

In: the arguments. Out: an exit code.
"""

from __future__ import annotations

import signal
import sys
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated

import typer

from grader import __version__
from grader.report.export import FORMATS

app = typer.Typer(
    name="grader",
    help="Grades course assignments that teach Hugging Face Transformers.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)

Topics = Annotated[list[str] | None, typer.Argument(help="Topics; all of them by default.")]
Reference = Annotated[
    Path | None,
    typer.Option(help="The folder of the topics. Default: the nearest reference/ upwards."),
]
StoreOption = Annotated[
    str,
    typer.Option(
        "--store",
        metavar="URL",
        envvar="GRADER_STORE",
        help="Where observations and results are kept: a file, or postgresql://... "
        "Default: store.sqlite3 in the results' folder.",
    ),
]
Seed = Annotated[
    str | None,
    typer.Option(help="The secret seed of the hidden cases. Default: this machine's own."),
]
AsJson = Annotated[
    bool, typer.Option("--json", help="Print the result as JSON; all else goes to stderr.")
]
Plain = Annotated[
    bool,
    typer.Option(
        "--plain", help="Run in a plain fresh process without containment, as on macOS and Windows."
    ),
]
Jobs = Annotated[int, typer.Option("--jobs", "-j", min=0, help="How many at once; 0: one a core.")]


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"grader {__version__}")
        raise typer.Exit


@app.callback()
def main_options(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    """Grades course assignments that teach Hugging Face Transformers."""


@app.command()
def check(
    topics: Topics = None,
    folder: Annotated[
        Path, typer.Option(help="The folder you work in.", exists=True, file_okay=False)
    ] = Path(),
    pack: Annotated[
        Path | None,
        typer.Option(help="Your course's pack. Default: the nearest grader.pack upwards."),
    ] = None,
    reference: Reference = None,
    plain: Plain = False,
    as_json: AsJson = False,
) -> None:
    """Check your own work on the public cases, in the folder you work in."""
    from grader.early import begun

    with begun(1, plain) as pool:
        from grader.cli import checking

        options = checking.Options(topics or [], folder, reference, pack, as_json, plain)
        raise typer.Exit(checking.check(options, pool))


@app.command()
def grade(
    paths: Annotated[
        list[Path], typer.Argument(help="Submissions, or folders that hold a class of them.")
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="The folder for the results.")],
    topic: Annotated[
        list[str] | None, typer.Option("--topic", "-t", help="Only this topic; repeatable.")
    ] = None,
    jobs: Jobs = 0,
    reference: Reference = None,
    seed: Seed = None,
    isolate: Annotated[
        str, typer.Option(help="What gets a process of its own: function or case.")
    ] = "function",
    unsafe: Annotated[
        bool, typer.Option(help="Run others' code even where containment is incomplete.")
    ] = False,
    require: Annotated[
        str,
        typer.Option(
            metavar="LAYERS",
            help="Refuse to run with less than these containment layers: rlimits, user, "
            "namespaces, cgroups, landlock, seccomp (with commas between them), or all.",
        ),
    ] = "",
    store: StoreOption = "",
    explain: Annotated[
        bool,
        typer.Option("--explain", help="Say what would be run and judged, and why; do nothing."),
    ] = False,
    plain: Plain = False,
    cluster: Annotated[
        str,
        typer.Option(
            metavar="ADDRESS",
            help="Run on a cluster: tls://HOST:PORT, tcp://127.0.0.1:PORT, or slurm "
            "(docs/scale.md).",
        ),
    ] = "",
    workers: Annotated[
        int, typer.Option(min=0, help="How many workers to ask Slurm for, or to expect.")
    ] = 0,
    tls_ca: Annotated[
        Path | None, typer.Option(help="The cluster's authority. Default: Dask's settings.")
    ] = None,
    tls_cert: Annotated[Path | None, typer.Option(help="Our certificate in the cluster.")] = None,
    tls_key: Annotated[Path | None, typer.Option(help="The key of it.")] = None,
    as_json: AsJson = False,
) -> None:
    """Grade one submission, or a class of them, on public and hidden cases.

    What was graded before and has not changed is kept: the same command goes on where it was
    stopped, and judges again what a change of the checks touches.
    """
    from grader.cli.place import is_new, store_place
    from grader.early import begun, slots
    from grader.sandbox.layers import UnknownLayerError, wanted

    if isolate not in ("function", "case"):
        raise typer.BadParameter("it is function or case", param_hint="--isolate")
    try:
        layers = wanted(require)
    except UnknownLayerError as error:
        raise typer.BadParameter(str(error), param_hint="--require") from None
    # Where nothing was graded before, something is going to be run.
    for_sure = is_new(store_place(out, store)) and not (explain or cluster)
    with begun(slots(jobs) if for_sure else 0, plain) as pool:
        from grader.cli import clustering, grading

        options = grading.Options(
            out=out,
            topics=topic or [],
            jobs=jobs,
            reference=reference,
            seed=seed,
            isolate=isolate == "case",
            unsafe=unsafe,
            require=layers,
            plain=plain,
            store=store,
            explain=explain,
            where=clustering.Where(jobs, cluster, workers, tls_ca, tls_cert, tls_key),
        )
        raise typer.Exit(grading.grade(paths, options, as_json, pool))


@app.command()
def override(
    out: Annotated[
        Path,
        typer.Argument(help="A folder that `grader grade` wrote.", exists=True, file_okay=False),
    ],
    submission: Annotated[str, typer.Argument(help="Whose; none: list what was given.")] = "",
    topic: Annotated[str, typer.Argument(help="The topic.")] = "",
    function: Annotated[str, typer.Argument(help="The function.")] = "",
    check: Annotated[str, typer.Option(help="One check of it; by default the function.")] = "",
    points: Annotated[float | None, typer.Option(help="The points it gets.")] = None,
    reason: Annotated[str, typer.Option(help="Why, for the student to read.")] = "",
    author: Annotated[str, typer.Option(help="Who gives them; by default you.")] = "",
    remove: Annotated[bool, typer.Option("--remove", help="Take points back.")] = False,
    store: StoreOption = "",
    as_json: AsJson = False,
) -> None:
    """Give points by hand. They stay when the class is graded again."""
    from grader.cli import overriding

    if not submission:
        raise typer.Exit(overriding.listed(out, store, as_json))
    if not topic or not function:
        raise typer.BadParameter("name the topic and the function, too")
    if remove == (points is not None):
        raise typer.BadParameter("say either --points or --remove")
    asked = overriding.Asked(out, submission, topic, function, check, points, reason, author, store)
    raise typer.Exit(overriding.override(asked, as_json))


@app.command()
def report(
    out: Annotated[Path, typer.Argument(help="A folder that `grader grade` wrote.", exists=True)],
    afresh: Annotated[
        bool, typer.Option("--all", help="Every report, not only those that are missing or stale.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Render the reports that are missing or stale again, from the stored results."""
    from grader.cli import grading

    raise typer.Exit(grading.report(out, as_json, afresh))


_FORMATS = "; ".join(f"{name}: {told}" for name, told in FORMATS.items())


@app.command()
def export(
    name: Annotated[str, typer.Argument(metavar="FORMAT", help=f"{_FORMATS}.")],
    results: Annotated[
        Path,
        typer.Argument(
            metavar="OUT",
            help="A folder that `grader grade` wrote.",
            exists=True,
            file_okay=False,
        ),
    ],
    file: Annotated[
        Path | None,
        typer.Option(
            "--out", "-o", metavar="FILE", dir_okay=False, help="Default, and -: standard output."
        ),
    ] = None,
    staff: Annotated[
        bool,
        typer.Option(
            "--staff",
            help="Everything, hidden cases included: not for students. Without it, only what a "
            "student may see.",
        ),
    ] = False,
) -> None:
    """Export stored results for another program: nothing of hidden cases, unless --staff."""
    from grader.cli import exporting

    if name not in FORMATS:
        known = ", ".join(FORMATS)
        raise typer.BadParameter(f"there is no {name!r}: it is one of {known}", param_hint="FORMAT")
    raise typer.Exit(exporting.export(exporting.Options(name, results, file, staff)))


@app.command()
def verify(
    topics: Topics = None,
    reference: Reference = None,
    seed: Seed = None,
    jobs: Jobs = 0,
    seeds: Annotated[
        int, typer.Option(min=0, help="Prove it under so many further secret seeds.")
    ] = 0,
    calibrate: Annotated[
        bool,
        typer.Option(
            "--calibrate", help="Measure the tolerances and write each topic's tolerances.json."
        ),
    ] = False,
    mutants: Annotated[
        bool,
        typer.Option(
            "--mutants", help="Change the references in small ways; a case must tell each change."
        ),
    ] = False,
    sample: Annotated[
        float | None,
        typer.Option(
            help="A sample: so many mutants of each function, or a share of them (0.1); and one "
            "right solution under each further seed."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Prove the checks: right solutions pass, every mistake loses points, the stub scores 0."""
    from grader.cli import proving

    if sample is not None and sample <= 0:
        raise typer.BadParameter("name a number above 0", param_hint="--sample")
    options = proving.Options(
        topics or [],
        reference,
        seed,
        jobs,
        seeds,
        calibrate,
        mutants,
        sample,
        as_json,
    )
    raise typer.Exit(proving.verify(options))


@app.command()
def new(
    topic: Annotated[str, typer.Argument(help="The new topic's name, as in pad_batch.")],
    reference: Annotated[
        Path | None,
        typer.Option(
            "--reference",
            "-o",
            file_okay=False,
            help="The folder of the topics. Default: the nearest reference/ upwards.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make a new topic: a small example that works, to be changed step by step."""
    from grader.cli import starting

    raise typer.Exit(starting.new(topic, reference, as_json))


@app.command()
def release(
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="The students' folder.  [default: assignments]"),
    ] = None,
    topics: Topics = None,
    reference: Reference = None,
    stale: Annotated[
        bool, typer.Option("--check", help="Write nothing; fail when a file is stale.")
    ] = False,
    pack: Annotated[
        bool | None,
        typer.Option(
            "--pack/--no-pack",
            help="With all that students need to check their work, or texts alone. Default: with "
            "it, when -o is given.",
        ),
    ] = None,
    jobs: Jobs = 0,
    as_json: AsJson = False,
) -> None:
    """Make what students get: handouts, stubs and notebooks; with -o, the whole kit."""
    from grader.cli import releasing

    options = releasing.Options(out, topics or [], reference, stale, pack, jobs, as_json)
    raise typer.Exit(releasing.release(options))


@app.command()
def synth(
    number: Annotated[int, typer.Option("-n", min=1, help="How many submissions.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="The folder for the class.")],
    seed: Annotated[int, typer.Option(help="The same seed makes the same class.")] = 0,
    topic: Annotated[
        list[str] | None, typer.Option("--topic", "-t", help="Only this topic; repeatable.")
    ] = None,
    reference: Reference = None,
    as_json: AsJson = False,
) -> None:
    """Make up a class of submissions from right solutions and known mistakes."""
    from grader.cli import releasing

    raise typer.Exit(releasing.synth(number, out, seed, topic or [], reference, as_json))


@app.command()
def doctor(as_json: AsJson = False) -> None:
    """Tell which containment layers, versions and caches are there, and what is missing."""
    from grader.cli import examining

    raise typer.Exit(examining.doctor(as_json))


def main() -> None:
    """Runs the command line and exits."""
    from grader.cli.faults import told

    _speak_utf8()
    _leave_tidily()
    sys.exit(told(app))


def _leave_tidily() -> None:
    """Told to stop, or with its terminal closed, it ends as by Ctrl-C: nothing goes on running, no
    folder stays behind."""
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)  # Windows has one of them
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, lambda received, _: sys.exit(128 + received))


def _speak_utf8() -> None:
    """Whatever was set up for a pipe: an old code page, as on Windows, has no tick or quote."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper) and not stream.encoding.lower().startswith("utf"):
            stream.reconfigure(encoding="utf-8")
