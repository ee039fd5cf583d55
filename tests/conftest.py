"""What several test files share: the course cache, and one warm process for the whole run."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from course_helpers import course_home

from grader.sandbox import WarmSandbox
from grader.sandbox.starting import Zygote

SECRET = "GRADER-SECRET-7431"


@pytest.fixture(scope="session")
def home() -> Path:
    """The course cache."""
    return course_home()


@pytest.fixture(scope="session")
def sandbox(home: Path) -> Iterator[WarmSandbox]:
    """One warm process, which the first test that needs it waits for: a fork of a zygote, as in a
    class. The grader's environment holds a secret while it starts. A submission may load for two
    seconds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADER_TEST_SECRET", SECRET)
        zygote = Zygote(home)
        with closing(zygote), WarmSandbox(home, load_wall=2.0, zygote=zygote) as warm:
            warm.layers()
            yield warm


@pytest.fixture(scope="session")
def open_folder() -> Iterator[Path]:
    """A folder below which others' users may pass: pytest's own lets nobody else through."""
    folder = Path(tempfile.mkdtemp(prefix="e2e-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def grader_data(open_folder: Path) -> Iterator[Path]:
    """Where graders of these tests remember what the reference does: not where people's do."""
    folder = open_folder / "data"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADER_DATA", str(folder))
        yield folder
