"""This grader as a wheel, so that a kit brings along the grader that its pack was made with.

In: the installed package. Out: the wheel's file name and bytes, the same for the same files. It is
put together here, and not by a build tool, since a machine that releases need have none: the grader
is Python and text alone. Format: the packaging specification "Binary distribution format".
"""

from __future__ import annotations

import base64
import hashlib
from importlib.metadata import Distribution, distributions
from pathlib import Path

import grader
from grader.zipped import zipped

_TAG = "py3-none-any"
_KEPT = ("METADATA", "entry_points.txt", "licenses/LICENSE")


class WheelError(Exception):
    """The grader that runs is not an installed one; the message says what to do."""


def wheel_name() -> str:
    """The wheel's file name."""
    return f"grader-{grader.__version__}-{_TAG}.whl"


def wheel() -> bytes:
    """The wheel. Raises ``WheelError``."""
    info = f"grader-{grader.__version__}.dist-info"
    files = {f"grader/{name}": data for name, data in _package().items()}
    files |= {f"{info}/{name}": text.encode() for name, text in _metadata().items()}
    files[f"{info}/WHEEL"] = (
        f"Wheel-Version: 1.0\nGenerator: grader\nRoot-Is-Purelib: true\nTag: {_TAG}\n"
    ).encode()
    lines = [f"{name},{_hash(data)},{len(data)}" for name, data in files.items()]
    record = f"{info}/RECORD"
    files[record] = "\n".join([*lines, f"{record},,", ""]).encode()
    return zipped(files)


def _package() -> dict[str, bytes]:
    root = Path(grader.__file__).parent
    found = sorted(path for path in root.rglob("*") if path.is_file())
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in found
        if "__pycache__" not in path.parts and not path.name.startswith(".")
    }


def _metadata() -> dict[str, str]:
    installed = _installed()
    texts = {name: installed.read_text(name) for name in _KEPT}
    return {name: text for name, text in texts.items() if text is not None}


def _installed() -> Distribution:
    """What pip wrote at the installation, and not what a build left beside the sources."""
    for found in distributions(name="grader"):
        if found.version == grader.__version__ and found.read_text("METADATA"):
            return found
    raise WheelError(
        f"the grader {grader.__version__} that runs here is not installed. Install it first: "
        "make install"
    )


def _hash(data: bytes) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")
    return f"sha256={digest}"
