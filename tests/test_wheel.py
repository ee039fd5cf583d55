"""The wheel that a kit brings along: this grader whole, and nothing but it."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import zipfile
from importlib.metadata import distribution
from pathlib import Path

import pytest

import grader
from grader import wheel as part
from grader.wheel import WheelError, wheel, wheel_name

PACKAGE = Path(grader.__file__).parent
INFO = f"grader-{grader.__version__}.dist-info"


@pytest.fixture(scope="module")
def members() -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(wheel())) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_it_is_the_package_and_what_pip_needs(members):
    ours = {name.removeprefix("grader/") for name in members if name.startswith("grader/")}
    there = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert ours == there
    others = {name for name in members if not name.startswith("grader/")}
    assert {f"{INFO}/METADATA", f"{INFO}/WHEEL", f"{INFO}/entry_points.txt"} < others
    assert all(name.startswith(f"{INFO}/") for name in others)


def test_its_record_holds(members):
    rows = list(csv.reader(members[f"{INFO}/RECORD"].decode().splitlines()))
    assert {row[0] for row in rows} == set(members)
    for name, told, size in rows:
        if name != f"{INFO}/RECORD":
            digest = base64.urlsafe_b64encode(hashlib.sha256(members[name]).digest()).decode()
            assert (told, int(size)) == (f"sha256={digest.rstrip('=')}", len(members[name]))


def test_it_asks_for_what_the_grader_asks_for(members):
    metadata = members[f"{INFO}/METADATA"].decode()
    for requirement in distribution("grader").requires or ():
        assert f"Requires-Dist: {requirement}" in metadata
    assert f"\nVersion: {grader.__version__}\n" in metadata
    assert "grader = grader.cli:main" in members[f"{INFO}/entry_points.txt"].decode()


def test_it_is_the_same_bytes_again():
    assert wheel() == wheel()
    assert wheel_name().endswith("-py3-none-any.whl")


def test_a_grader_that_is_not_installed_says_so(monkeypatch):
    monkeypatch.setattr(part, "distributions", lambda name: ())
    with pytest.raises(WheelError, match="is not installed"):
        wheel()
