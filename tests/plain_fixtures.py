"""The sandbox that the tests of plain processes share, as a pytest plugin."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import plain_light
import pytest

from grader.sandbox import PlainSandbox
from grader.sandbox import plain as trusted


@pytest.fixture
def light(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[PlainSandbox]:
    """A sandbox of processes without torch. Its scratch folders are all gone in the end."""
    monkeypatch.setattr(trusted, "_BOOT", plain_light.BOOT)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    yield PlainSandbox(tmp_path, load_wall=2.0)
    assert list(tmp_path.glob("grader-*")) == []
