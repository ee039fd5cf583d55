"""Turns a template and values into one self-contained page.

In: a template's name and its values. Out: HTML text with the style and the script inside, and a
content security policy that allows just these two, by hash: a page that shows hostile text can
load nothing, send nothing, and run nothing else. (A policy in the page cannot forbid that others
frame it: `frame-ancestors` and `sandbox` count in an HTTP header alone.)
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from grader.model import Status
from grader.report import heatmap
from grader.report.grouping import repeats
from grader.report.text import clean, count, number, points, printed, tolerance

_HERE = Path(__file__).parent
_PIECE = 1_000  # events of the template, some 30 KiB

# The word a student reads, and the name by which style and icons know a status.
LABELS = {
    Status.PASSED: "Passed",
    Status.FAILED: "Failed",
    Status.NOT_ATTEMPTED: "Not attempted",
    Status.BLOCKED: "Blocked",
    Status.GRADER_ERROR: "Grader error",
}
# A topic with one failed check is not a failed topic.
TOPIC_LABELS = {**LABELS, Status.PASSED: "All passed", Status.FAILED: "To fix"}
KINDS = {
    Status.PASSED: "pass",
    Status.FAILED: "fail",
    Status.NOT_ATTEMPTED: "none",
    Status.BLOCKED: "block",
    Status.GRADER_ERROR: "error",
}


def render(template: str, **values: Any) -> str:
    """The page. Every value is escaped by the template engine unless it is Markup of ours."""
    return _environment().get_template(template).render(**values)


def render_pieces(template: str, **values: Any) -> Iterator[str]:
    """The same page, piece by piece, so that a long one is never in memory as a whole."""
    stream = _environment().get_template(template).stream(**values)
    stream.enable_buffering(_PIECE)
    return stream


def macro(template: str, name: str, *values: Any) -> Markup:
    """A piece of a page, by the template's macro of that name."""
    piece = getattr(_environment().get_template(template).module, name)(*values)
    assert isinstance(piece, Markup)
    return piece


def prose(text: str, limit: int = 1200) -> Markup:
    """A sentence of ours or of a student's: escaped, and what stands in backticks set as code."""
    pieces = clean(text, limit).split("`")
    paired = len(pieces) % 2 == 1
    return Markup("").join(
        Markup("<code>{}</code>").format(piece) if paired and position % 2 else escape(piece)
        for position, piece in enumerate(pieces)
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        auto_reload=False,
        undefined=StrictUndefined,
        finalize=_seen,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        clean=_finished(clean),
        printed=_finished(printed),
        prose=prose,
        points=points,
        number=number,
        grouped="{:,}".format,
        tolerance=tolerance,
    )
    style, script = _asset("style.css"), _asset("script.js")
    environment.globals.update(
        count=count,
        heatmap=heatmap,
        labels=LABELS,
        topic_labels=TOPIC_LABELS,
        kinds=KINDS,
        style=Markup(style),
        script=Markup(script),
        repeats=repeats,
        policy=_policy(style, script),
    )
    return environment


def _finished(cleaning: Callable[..., str]) -> Callable[..., Markup]:
    """The cleaning as a filter: what it returns is escaped, and neither cleaned nor cut again."""
    return lambda *args, **kwargs: escape(cleaning(*args, **kwargs))


def _seen(value: Any) -> Any:
    """Every value that a template prints passes here: one that no filter cleaned is cleaned."""
    return value if isinstance(value, Markup) or not isinstance(value, str) else clean(value)


def _policy(style: str, script: str) -> str:
    """No style attribute and no event handler of any page counts: the hashes are of elements. The
    script itself may not make elements out of text, for no Trusted Types policy is allowed."""
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return "sha256-" + base64.b64encode(digest).decode("ascii")


def _asset(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")
