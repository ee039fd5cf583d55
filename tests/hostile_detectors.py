"""What a reader of each kind of output would do with it: parsers, not searches for words.

In: an output, and the same output made of harmless words in the same places (its twin). Out: what
is in the one and cannot be explained by the other: elements, attributes, cells, commands, controls.
"""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree as ET

from markdown_it import MarkdownIt
from selectolax.lexbor import LexborHTMLParser, LexborNode

# Attributes that hold words, or a name made into an address.
_WORDS = {"alt", "href"}
_ADDRESS = re.compile(r"#[\w-]+|\./[A-Za-z0-9_.~%-]+/(report|staff)\.html|")
_CONTROL_KINDS = {"Cc", "Cf", "Cs", "Zl", "Zp"}
_JOINERS = "\u200c\u200d"
_BLANK_LETTERS = "\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\ufffe\uffff"
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def _differences(one: Iterable[Any], other: Iterable[Any]) -> list[str]:
    """Where two shapes part."""
    left, right = list(one), list(other)
    for at, (got, wanted) in enumerate(zip(left, right, strict=False)):
        if got != wanted:
            return [f"part {at} is {got}, not {wanted}"]
    return [] if len(left) == len(right) else [f"{len(left)} parts, not {len(right)}"]


# Pages


def _elements(page: str) -> Iterator[tuple[Any, ...]]:
    """Every element and comment with its depth and attributes; the style and the script whole."""

    root = LexborHTMLParser(page).root
    assert root is not None
    waiting: list[tuple[int, LexborNode]] = [(0, root)]
    while waiting:
        depth, node = waiting.pop()
        words = node.text() if node.tag in ("style", "script") else ""
        yield depth, node.tag, tuple(_attribute(*pair) for pair in node.attributes.items()), words
        waiting += [(depth + 1, child) for child in node.iter(include_text=False)][::-1]


def _attribute(name: str, value: str | None) -> tuple[str, str | None]:
    if name not in _WORDS:
        return name, value
    safe = name != "href" or _ADDRESS.fullmatch(value or "")
    return name, "words" if safe else value


def html_intrusions(page: str, twin: str) -> list[str]:
    """Elements and attributes that the template did not put there."""
    return _differences(_elements(page), _elements(twin))


def markdown_intrusions(text: str, twin: str) -> list[str]:
    """The same of Markdown, as GitHub takes it: HTML in it counts."""
    render = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render
    return _differences(_elements(render(text)), _elements(render(twin)))


# XML, JSON, tables


def xml_intrusions(text: str, twin: str) -> list[str]:
    """Elements and attributes of XML that the grades did not put there; or why it is no XML."""
    try:
        tree = ET.fromstring(text.encode())
    except (ET.ParseError, UnicodeEncodeError) as error:
        return [f"no XML: {error}"]
    shape = [[(part.tag, sorted(part.attrib)) for part in tree.iter()]]
    return _differences(shape, [[(p.tag, sorted(p.attrib)) for p in ET.fromstring(twin).iter()]])


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key twice")
    return found


def _keys(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _keys(item) for key, item in value.items()}
    return [_keys(item) for item in value] if isinstance(value, list) else type(value).__name__


def json_intrusions(text: str, twin: str) -> list[str]:
    """Keys and values of another type than the twin has; or why it is no JSON."""
    try:
        text.encode()
        found = json.loads(text, object_pairs_hook=_unique)
    except (ValueError, RecursionError) as error:
        return [f"no JSON: {error}"]
    return _differences([_keys(found)], [_keys(json.loads(twin))])


def _cells(text: str) -> Iterator[str]:
    """The cells that spreadsheets of several locales and settings make of it."""
    for delimiter in ",;\t":
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            yield from row
    yield from re.split('[,;\t|"\r\n]', text)


def csv_intrusions(text: str, twin: str) -> list[str]:
    """Rows and columns that are too many, and cells that a spreadsheet would run."""
    shapes = [
        [len(row) for row in csv.reader(io.StringIO(one, newline=""))] for one in (text, twin)
    ]
    formulas = {
        cell[:30] for cell in _cells(text) if cell.lstrip(" \xa0")[:1] in tuple("=+-@＝＋－＠")
    }
    formulas |= {cell[:30] for cell in _cells(text) if cell[:1] in ("\t", "\r") and cell != "\r"}
    return _differences(*shapes) + sorted(formulas)


# Terminals and logs


def controls(text: str, *, colour: bool = False) -> list[str]:
    """Characters that drive a terminal, reorder a line or hide; our own colours may be there."""
    plain = _COLOUR.sub("", text) if colour else text
    found = set(plain.replace("\r\n", "\n")) - set("\n\t" + _JOINERS)
    return sorted(
        f"U+{ord(char):04X}"
        for char in found
        if unicodedata.category(char) in _CONTROL_KINDS or char in _BLANK_LETTERS
    )


_NAMES = frozenset(
    ("add-mask", "add-matcher", "add-path", "debug", "echo", "endgroup", "error", "group")
    + ("internal-set-repo-path", "notice", "remove-matcher", "save-state", "set-env")
    + ("set-output", "stop-commands", "warning")
)


@dataclass
class Runner:
    """GitHub's runner reading a step's output: the two forms of commands, and ``stop-commands``.

    ``done`` are the commands that it carried out. A line ends at LF, CR or both.
    """

    done: list[tuple[str, tuple[str, ...], str]] = field(default_factory=list)
    token: str | None = None

    def read(self, text: str) -> Runner:
        """Reads the lines of ``text``."""
        for line in re.split("\r\n|\r|\n", text):
            parsed = self._colons(line) or self._brackets(line)
            if parsed:
                self._obey(*parsed)
        return self

    def _obey(self, name: str, properties: tuple[str, ...], data: str) -> None:
        if self.token is not None:
            self.token = None if name == self.token else self.token
            return
        self.done.append((name, properties, data))
        if name == "stop-commands":
            self.token = data.lower()

    def _known(self, name: str) -> bool:
        return name.lower() in _NAMES or name.lower() == self.token

    def _colons(self, line: str) -> tuple[str, tuple[str, ...], str] | None:
        rest = line.lstrip()
        end = rest.find("::", 2)
        if not rest.startswith("::") or end < 0:
            return None
        name, _, properties = rest[2:end].partition(" ")
        if not self._known(name):
            return None
        return name.lower(), self._named(properties.strip().split(",")), rest[end + 2 :]

    def _brackets(self, line: str) -> tuple[str, tuple[str, ...], str] | None:
        start = line.find("##[")
        end = line.find("]", start) if start >= 0 else -1
        if end < 0:
            return None
        name, _, properties = line[start + 3 : end].partition(" ")
        if not self._known(name):
            return None
        return name.lower(), self._named(properties.split(";")), line[end + 1 :]

    @staticmethod
    def _named(properties: list[str]) -> tuple[str, ...]:
        return tuple(one.partition("=")[0] for one in properties if "=" in one)


def commands(text: str, twin: str = "") -> list[str]:
    """Commands that a CI service would carry out, and that it would not for the twin."""
    done, wanted = (
        [(name, properties) for name, properties, _ in Runner().read(one).done]
        for one in (text, twin)
    )
    others = re.findall(r"##(?:vso|teamcity)\[", text)
    return _differences(done, wanted) + others
