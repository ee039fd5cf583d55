"""What a submission sees of the world. Each attack is tried outside first, where it works."""

from __future__ import annotations

import os
import socket
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import SECRET
from containment_helpers import memory_of
from e2e_helpers import REFERENCE, write

from grader.baseline import reference_job
from grader.model import Call, Case, DictValue, Job, ListValue, Returned, Value
from grader.plan import plan
from grader.sandbox import WarmSandbox
from grader.spec import load_topic
from grader.stub import stub_of
from grader.worker.containment import syscalls
from grader.worker.jobs import dump_job

# Where namespaces hold, what is not for a submission is not there at all.
HIDDEN = ("PermissionError", "FileNotFoundError")


def plain(value: Value) -> Any:
    if isinstance(value, ListValue):
        return [plain(item) for item in value.items]
    if isinstance(value, DictValue):
        return {key: plain(item) for key, item in value.items}
    return value


def inside(sandbox: WarmSandbox, source: str) -> Any:
    """What ``attack()`` returns in a student's process."""
    job = Job("t", source, "s.py", (Call("attack", (Case("c", {}),)),))
    found = sandbox.run(job).outcomes["attack"]["c"]
    assert isinstance(found, Returned), found
    return plain(found.value)


def outside(source: str) -> Any:
    """What it returns in this process."""
    space: dict[str, Any] = {}
    exec(source, space)
    return space["attack"]()


def attempt(body: str) -> str:
    """``attack()``: the value of the last line, or the name of what it raised."""
    return (
        "import os, socket\nfrom pathlib import Path\n"
        "def attack():\n"
        "    try:\n"
        f"        return {body}\n"
        "    except OSError as error:\n"
        "        return type(error).__name__\n"
    )


@pytest.fixture
def port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_no_network(sandbox: WarmSandbox, port: int):
    source = attempt(f"socket.create_connection(('127.0.0.1', {port}), 2).close()")
    assert outside(source) is None
    assert inside(sandbox, source) == "PermissionError"


def test_no_name_is_looked_up(sandbox: WarmSandbox):
    source = attempt("socket.getaddrinfo('localhost', 80) and 'found'")
    assert outside(source) == "found"
    assert inside(sandbox, source) != "found"


@pytest.mark.parametrize("name", ["demo/solution.py", "demo/task.py", "demo/right/sums.py"])
def test_the_reference_cannot_be_read(sandbox: WarmSandbox, name: str):
    source = attempt(f"len(Path({str(REFERENCE / name)!r}).read_bytes()) > 0")
    assert outside(source) is True
    assert inside(sandbox, source) in HIDDEN


def test_the_reference_cannot_be_listed(sandbox: WarmSandbox):
    source = attempt(f"os.listdir({str(REFERENCE)!r})")
    assert "demo" in outside(source)
    assert inside(sandbox, source) in HIDDEN


def test_no_other_submission_can_be_read(sandbox: WarmSandbox, open_folder: Path):
    other = write(open_folder / "others" / "demo" / "solution.py", "answer = 42\n")
    for folder in (other, *other.parents[:2]):
        folder.chmod(0o755)
    source = attempt(f"Path({str(other)!r}).read_text()")
    assert outside(source) == "answer = 42\n"
    assert inside(sandbox, source) in HIDDEN


def test_passwords_cannot_be_read(sandbox: WarmSandbox):
    source = attempt("len(Path('/etc/shadow').read_bytes()) > 0")
    assert outside(source) == (True if os.geteuid() == 0 else "PermissionError")
    assert inside(sandbox, source) in HIDDEN


def test_the_graders_environment_is_not_there(sandbox: WarmSandbox):
    processes = (os.getpid(), sandbox.pid, "self", "thread-self")
    source = f"""
import os
from pathlib import Path
def attack():
    found = [str(dict(os.environ))]
    for name in {processes!r}:
        try:
            found.append(Path(f"/proc/{{name}}/environ").read_text())
        except OSError as error:
            found.append(type(error).__name__)
    return found
"""
    assert SECRET in outside(source)[0]
    own, *others = inside(sandbox, source)
    assert "HF_HUB_OFFLINE" in own
    assert SECRET not in own
    assert set(others) <= {"PermissionError", "FileNotFoundError"}


def test_no_other_process_is_seen_or_signalled(sandbox: WarmSandbox):
    source = attempt("os.listdir('/proc') and 'listed'")
    assert outside(source) == "listed"
    assert inside(sandbox, source) in HIDDEN
    for pid in (os.getpid(), sandbox.pid):
        source = attempt(f"os.kill({pid}, 0)")
        assert outside(source) is None
        assert inside(sandbox, source) in ("PermissionError", "ProcessLookupError")


def test_the_grader_closes_its_memory_to_others_of_its_user(sandbox: WarmSandbox):
    sandbox.layers()
    assert syscalls.prctl(syscalls.PR_GET_DUMPABLE) == 0


def test_only_pipes_and_channels_are_open(sandbox: WarmSandbox):
    """Standard input is empty; output goes to pipes; what else is open is a channel to its own
    parent or the pipe that the file's top level printed to."""
    source = """
import os
def attack():
    found = {}
    for number in range(1024):
        try:
            found[str(number)] = os.fstat(number).st_mode
        except OSError:
            pass
    return found
"""
    modes = {int(number): mode for number, mode in inside(sandbox, source).items()}
    assert stat.S_ISCHR(modes.pop(0))
    assert stat.S_ISFIFO(modes.pop(1))
    assert stat.S_ISFIFO(modes.pop(2))
    assert all(stat.S_ISSOCK(mode) or stat.S_ISFIFO(mode) for mode in modes.values())
    assert len(modes) <= 4


def test_the_libraries_cannot_be_changed(sandbox: WarmSandbox):
    import torch

    source = attempt(f"open({torch.__file__!r}, 'a').close()")
    assert inside(sandbox, source) == "PermissionError"


def test_a_job_holds_nothing_of_what_is_right():
    """The reference, the checks, the mistakes and the hints stay in the trusted process."""
    topic = load_topic(REFERENCE / "demo", "s")
    job = dump_job(plan(topic, stub_of(topic))).decode()
    secret = ("CANARY-7431", "every value is doubled", "it is square", "Think of twice")
    assert "REFERENCE-CANARY-7431" in dump_job(reference_job(topic)).decode()
    assert "CHECK-CANARY-7431" in repr(topic)
    stubbed = job.replace(stub_of(topic).split('"""')[1], "")  # a docstring is the students' too
    assert [word for word in secret if word in stubbed] == []
    assert not any(mistake.sentence in job for task in topic.tasks for mistake in task.mistakes)
    assert not any(text in job for text in topic.rights.values())


def test_the_warm_process_never_had_the_reference(sandbox: WarmSandbox):
    """No trace of it in all the memory that a child inherits."""
    topic = load_topic(REFERENCE / "demo", "s")
    sandbox.run(reference_job(topic))
    memory = _strings_of(sandbox.pid)
    assert b"SAFETENSORS" in memory.upper()
    assert b"REFERENCE-" + b"CANARY-7431" not in memory


def _strings_of(pid: int) -> bytes:
    """The writable private memory of a process. Skips the test where we may not look."""
    try:
        return memory_of(pid)
    except OSError as error:
        pytest.skip(f"another process's memory cannot be read here: {error}")
