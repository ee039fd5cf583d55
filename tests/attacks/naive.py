"""Careless graders: each does one thing that graders in the field do, and a matching attack wins.

In (a line each): which grader, a submission's file, a folder. Out: what happened, or nothing. Each
runs in a fork of its own for a few seconds at most. None of this is how the grader works: these
are the positive controls of attacks that no layer of the sandbox is in the way of.
"""

from __future__ import annotations

import atexit
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch

PUBLIC = [1.0, 2.0, 3.0]
HIDDEN = [18357.75, 99.25, 61002.5]
SECRET = os.environ.get("NAIVE_SECRET", "")


def reference(x: Any) -> Any:
    return x * 2


def load(file: str) -> dict[str, Any]:
    space: dict[str, Any] = {"__name__": "solution", "__file__": file}
    exec(compile(Path(file).read_text(), file, "exec"), space)
    return space


def same_process(file: str) -> str:
    """Runs the student's function where the expected value and the secrets are."""
    answers = {"secret": SECRET, "want": reference(torch.tensor(PUBLIC))}
    want = answers["want"]
    got = load(file)["double"](torch.tensor(PUBLIC))
    text = repr(got)
    if SECRET in text:
        return "it read a secret"
    return "full marks" if isinstance(got, torch.Tensor) and torch.equal(got, want) else ""


def inherited_descriptors(file: str) -> str:
    """Forks with a file of answers open."""
    with open("answers", "w+") as answers:
        answers.write(SECRET)
        answers.flush()
        os.set_inheritable(answers.fileno(), True)
        code = "import sys, naive; print(naive.load(sys.argv[1])['double'](None))"
        done = subprocess.run(
            [sys.executable, "-c", code, file],
            pass_fds=[answers.fileno()],
            capture_output=True,
            text=True,
            env={**os.environ, "NAIVE_SECRET": "", "PYTHONPATH": str(Path(__file__).parent)},
        )
    return "it read a secret" if SECRET in done.stdout else ""


def hidden_inputs_from_the_global_generator(file: str) -> str:
    """Draws hidden inputs after the public case has run, from Python's own generator."""
    random.seed()
    double = load(file)["double"]
    said = ""
    try:
        double(torch.tensor(PUBLIC))
    except Exception as error:
        said = str(error)
    hidden = [random.uniform(-9, 9) for _ in range(3)]
    return "it told the hidden inputs" if all(repr(x) in said for x in hidden) else ""


def feedback_of_hidden_cases(file: str) -> str:
    """Shows what any case printed or raised, as `pytest -rA` does."""
    import contextlib
    import io

    space = load(file)
    shown = io.StringIO()
    with contextlib.redirect_stdout(shown):
        for name, given in (("double", torch.tensor(HIDDEN)), ("ones", 2)):
            try:
                space[name](given)
            except Exception as error:
                shown.write(str(error))
            except KeyError:
                pass
    return "it told the hidden inputs" if str(HIDDEN[0]) in shown.getvalue() else ""


def exit_code(file: str) -> str:
    """Takes a test process that ends with 0 for passed."""
    code = (
        "import sys, torch, naive\n"
        "got = naive.load(sys.argv[1])['double'](torch.tensor(naive.PUBLIC))\n"
        "assert torch.equal(got, naive.reference(torch.tensor(naive.PUBLIC)))"
    )
    return "full marks" if run(code, file).returncode == 0 else ""


def printed_verdict(file: str) -> str:
    """Reads the verdict from the last line that was printed."""
    code = (
        "import sys, torch, json, naive\n"
        "got = naive.load(sys.argv[1])['double'](torch.tensor(naive.PUBLIC))\n"
        "passed = torch.equal(got, naive.reference(torch.tensor(naive.PUBLIC)))\n"
        "print(json.dumps({'passed': passed}))"
    )
    lines = run(code, file).stdout.strip().splitlines()
    return "full marks" if lines and json.loads(lines[-1])["passed"] else ""


def result_file(file: str) -> str:
    """Reads the verdict from a file in the folder that the student's code runs in."""
    code = (
        "import sys, torch, json, naive\n"
        "got = naive.load(sys.argv[1])['double'](torch.tensor(naive.PUBLIC))\n"
        "passed = torch.equal(got, naive.reference(torch.tensor(naive.PUBLIC)))\n"
        "json.dump({'passed': passed}, open('results.json', 'w'))"
    )
    run(code, file)
    with open("results.json") as found:
        return "full marks" if json.load(found)["passed"] else ""


def run(code: str, file: str) -> subprocess.CompletedProcess[str]:
    """A test program, as a fork that ends as programs do: how, and what it printed."""
    with open("printed", "w+b") as printed:
        pid = os.fork()
        if pid == 0:
            os.dup2(printed.fileno(), 1)
            sys.stdout = os.fdopen(1, "w")
            _end_as_programs_do(code, file)
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        printed.seek(0)
        return subprocess.CompletedProcess([], status, printed.read().decode())


def _end_as_programs_do(code: str, file: str) -> None:
    status = 1
    try:
        sys.argv = ["test", file]
        exec(code, {"__name__": "__main__"})
        status = 0
    except SystemExit as left:
        status = int(left.code or 0)
    except BaseException:
        status = 1
    atexit._run_exitfuncs()
    sys.stdout.flush()
    os._exit(status)


def compared(judge: Callable[[Any, Any], Any]) -> Callable[[str], str]:
    """Runs the function here and compares by ``judge``, which passes or raises."""

    def grade(file: str) -> str:
        got = load(file)["double"](torch.tensor(PUBLIC))
        return "full marks" if judge(got, reference(torch.tensor(PUBLIC))) else ""

    return grade


def by_difference(got: Any, want: Any) -> bool:
    return not any(abs(g - w) > 1e-6 for g, w in zip(got, want.tolist(), strict=True))


def by_difference_of_tensors(got: Any, want: Any) -> bool:
    return not bool(((got - want).abs() > 1e-6).any())


def by_relative_difference(got: Any, want: Any) -> bool:
    return not bool(((got - want).abs() / got.abs() > 1e-6).any())


def by_allclose(got: Any, want: Any) -> bool:
    return bool(torch.allclose(got, want))


def by_numpy(got: Any, want: Any) -> bool:
    np.testing.assert_allclose(np.asarray(got), np.asarray(want))
    return True


def square(n: int) -> Callable[[str], str]:
    """Compares the square of ones by ``torch.allclose``, which stretches what does not fit."""

    def grade(file: str) -> str:
        got = load(file)["ones"](n)
        return "full marks" if torch.allclose(got, torch.ones(n, n) / n) else ""

    return grade


def allclose(file: str) -> str:
    space = load(file)
    return square(2)(file) if "double" not in space else compared(by_allclose)(file)


def reference_afterwards(file: str) -> str:
    """Works out what is right from the same input, after the student's function had it."""
    given = torch.tensor(PUBLIC)
    got = load(file)["double"](given)
    return "full marks" if torch.equal(got, reference(given)) else ""


def reference_before(file: str) -> str:
    """Works out what is right, lets go of it, and runs the student's function in its memory."""
    double = load(file)["double"]
    given = np.array(PUBLIC, dtype=np.float32)
    want = reference(given)
    expected = want.tolist()
    del want
    return "full marks" if double(torch.from_numpy(given)).tolist() == expected else ""


def timed(file: str) -> str:
    """Measures in the student's own process whether it was fast enough."""
    double = load(file)["double"]
    began = time.monotonic()
    double(torch.tensor(PUBLIC))
    return "full marks for speed" if time.monotonic() - began < 1 else ""


def public_cases_alone(file: str) -> str:
    """Knows no hidden case."""
    return compared(torch.equal)(file)


def pickled(file: str) -> str:
    """Takes the result over by pickle."""
    import pickle

    space = load(file)
    sys.modules["solution"] = type(sys)("solution")
    sys.modules["solution"].__dict__.update(space)
    pickle.loads(pickle.dumps(space["double"](torch.tensor(PUBLIC))))
    return ""  # the world tells


def numpy_file(file: str) -> str:
    """Takes the result over by a file of numpy's, objects included."""
    space = load(file)
    sys.modules["solution"] = type(sys)("solution")
    sys.modules["solution"].__dict__.update(space)
    np.save("result.npy", space["double"](torch.tensor(PUBLIC)), allow_pickle=True)
    np.load("result.npy", allow_pickle=True)
    return ""


def torch_file(file: str) -> str:
    """Takes the result over by torch.save and torch.load as they once were."""
    space = load(file)
    sys.modules["solution"] = type(sys)("solution")
    sys.modules["solution"].__dict__.update(space)
    torch.save(space["double"](torch.tensor(PUBLIC)), "result.pt")
    torch.load("result.pt", weights_only=False)
    return ""


def shown(file: str) -> str:
    """What the student's code says, as it is: in a page, on a terminal, in a log."""
    import contextlib
    import io

    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        try:
            load(file)["double"](torch.tensor(PUBLIC))
        except Exception as error:
            out.write(str(error))
    return out.getvalue()


def page(file: str) -> str:
    return "a script in the page" if "<script>" in shown(file) else ""


def terminal(file: str) -> str:
    return "codes on the terminal" if "\x1b" in shown(file) else ""


def log(file: str) -> str:
    lines = shown(file).splitlines()
    return "commands to the runner" if any(line.startswith("::") for line in lines) else ""


def plain(file: str) -> str:
    """No sandbox at all: whatever it does, it does here."""
    got = load(file)["double"](torch.tensor(PUBLIC))
    return got if isinstance(got, str) and got.startswith("GOT") else ""


GRADERS: dict[str, Callable[[str], str]] = {
    "same process": same_process,
    "inherited descriptors": inherited_descriptors,
    "hidden inputs from the global generator": hidden_inputs_from_the_global_generator,
    "feedback of hidden cases": feedback_of_hidden_cases,
    "exit code": exit_code,
    "printed verdict": printed_verdict,
    "result file": result_file,
    "equality": compared(lambda got, want: got == want.tolist()),
    "difference of numbers": compared(by_difference),
    "difference of tensors": compared(by_difference_of_tensors),
    "relative difference of tensors": compared(by_relative_difference),
    "torch.allclose": allclose,
    "torch.allclose of one element": square(1),
    "numpy.testing": compared(by_numpy),
    "reference afterwards": reference_afterwards,
    "reference before": reference_before,
    "timed": timed,
    "public cases alone": public_cases_alone,
    "pickle": pickled,
    "numpy file": numpy_file,
    "torch file": torch_file,
    "page": page,
    "terminal": terminal,
    "log of a CI runner": log,
    "a plain fork": plain,
}


def main() -> None:
    """Serves one request a line: a grader, a file, and the folder to work in. Each in a fork."""
    for line in sys.stdin:
        mode, file, folder = json.loads(line)
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(reading)
            os.setsid()
            os.chdir(folder)
            null = os.open(os.devnull, os.O_RDWR)
            for number in (0, 1, 2):
                os.dup2(null, number)
            harm = ""
            try:
                harm = GRADERS[mode](file)
            finally:
                os.write(writing, harm.encode())
                os._exit(0)
        os.close(writing)
        patience = 2 if mode == "a plain fork" else 20
        print(json.dumps(_heard(pid, reading, patience)), flush=True)


def _heard(pid: int, reading: int, patience: float) -> str:
    import select
    import signal

    deadline, said = time.monotonic() + patience, b""
    while time.monotonic() < deadline:
        if select.select([reading], [], [], 0.05)[0]:
            data = os.read(reading, 65536)
            if not data:
                break
            said += data
    else:
        os.killpg(pid, signal.SIGKILL)
        said = b"it never ended"
    os.close(reading)
    os.waitpid(pid, 0)
    try:
        os.killpg(pid, signal.SIGKILL)
        said = said or b"processes were left"
    except ProcessLookupError:
        pass
    return said.decode()


if __name__ == "__main__":
    main()
