"""What was written for a submission and of what, so that it need not be written again.

In: a submission's folder. Out: a receipt, ``.pages.json``, that names by digest the result, the
pages made of it and the code that made them, and holds the submission's line of the class page.

A receipt is written after all that it names. One that is missing, damaged or of other files than
are there says nothing, and its pages are made again: it is never a fault.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from grader.report.rows import ClassRow, compact
from grader.whole import write_whole

FILE = ".pages.json"
_MAKERS = ("model", "report")  # parts of the grader that a page hangs on


@dataclass(frozen=True, slots=True)
class Receipt:
    """``maker``: of the code; ``files``: name and digest of result and pages; ``row``: the line."""

    maker: str
    files: dict[str, str]
    row: ClassRow


_READER = TypeAdapter(Receipt)


def read_receipt(folder: Path) -> Receipt | None:
    """The receipt that lies in the folder, if this code would write the same now."""
    try:
        found = _READER.validate_json((folder / FILE).read_bytes())
    except (OSError, ValidationError):
        return None
    # A folder that was copied under another name holds pages that say the first one.
    return found if found.maker == maker() and found.row.submission == folder.name else None


def row_of(receipt: Receipt) -> ClassRow:
    return compact(receipt.row)


def write_receipt(folder: Path, row: ClassRow, files: Mapping[str, bytes]) -> None:
    """``files``: name and content of the result and its pages, all of them written."""
    digests = {name: digest(data) for name, data in files.items()}
    text = json.dumps(asdict(Receipt(maker(), digests, row)))
    write_whole(folder / FILE, text.encode())


def holds(folder: Path, receipt: Receipt) -> bool:
    """Whether all that the receipt names is in the folder, to the last byte."""
    return all(digest_of(folder / name) == known for name, known in receipt.files.items())


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def digest_of(file: Path) -> str:
    """A file's digest; of a file that cannot be read, nothing's."""
    try:
        return digest(file.read_bytes())
    except OSError:
        return ""


@cache
def maker() -> str:
    """Digest of all that a page is made by: our code, templates, style and script, and the
    template engine."""
    return code_digest(Path(__file__).parent)


def code_digest(package: Path) -> str:
    """The same, of the grader in ``package``."""
    found = hashlib.sha256(f"{version('jinja2')} {version('markupsafe')}\n".encode())
    for part in _MAKERS:
        for file in sorted((package / part).rglob("*")):
            if file.is_file() and file.suffix != ".pyc":
                data = file.read_bytes()
                found.update(f"{file.relative_to(package)} {len(data)}\n".encode() + data)
    return found.hexdigest()
