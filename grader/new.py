"""A new topic from nothing: a small example that works, for its author to change step by step.

In: a topic's name. Out: its files, as text by path; writing them is one step more.
"""

from __future__ import annotations

import builtins
import keyword
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from grader.spec.reference import bound
from grader.whole import write_whole

_TEMPLATES = Path(__file__).parent / "templates" / "topic"
_SUFFIX = ".j2"


class NewTopicError(Exception):
    """There can be no topic of this name; the message says why, and what to do."""


def topic_files(topic: str) -> dict[str, str]:
    """Every file of the new topic, by its path in ``reference/<topic>/``; its one function has the
    topic's name. Raises ``NewTopicError``."""
    _prove_name(topic)
    return _rendered(topic)


def write_topic(topic: str, reference: Path) -> tuple[Path, ...]:
    """Writes the new topic's folder into ``reference``, which is made if need be; the files' paths.
    Raises ``NewTopicError``, and ``OSError`` where nothing can be written."""
    files = topic_files(topic)
    folder = reference / topic
    if folder.exists():
        raise NewTopicError(f"{folder} is there already. Choose another name, or remove it first.")
    for name, text in files.items():
        write_whole(folder / name, text.encode())
    return tuple(folder / name for name in files)


def _prove_name(topic: str) -> None:
    if not (topic.isidentifier() and topic.isascii()):
        raise NewTopicError(
            f"{topic!r} cannot name a topic: it names a folder and a function, so it has letters, "
            "digits and underscores alone and begins with no digit, as in pad_batch."
        )
    if keyword.iskeyword(topic) or topic in dir(builtins) or topic in _imported():
        raise NewTopicError(
            f"{topic!r} cannot name a topic: it would name a function too, and means something "
            "else in Python or in the example. Choose another name."
        )


def _imported() -> set[str]:
    """What the example's solutions import, which their function must not be named."""
    files = _rendered("_").items()
    solutions = [text for name, text in files if name.endswith(".py") and name != "task.py"]
    return set().union(*(bound(text, "the example") for text in solutions))


def _rendered(topic: str) -> dict[str, str]:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        autoescape=False,  # Python and Markdown, not HTML
    )
    title = topic.replace("_", " ").strip().capitalize()
    return {
        name.removesuffix(_SUFFIX): environment.get_template(name).render(topic=topic, title=title)
        for name in environment.list_templates()
    }
