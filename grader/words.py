"""Sentences for what went wrong, for two audiences.

In: an outcome and where the student's lines came from. Out: ``Told``: what the student may read
about the case, and what staff read. A hidden case's student text holds nothing that could carry
its input or its expected value: no message of an exception, no value, no shape, no printed text.
"""

from __future__ import annotations

import builtins
import signal
from dataclasses import dataclass, replace

from grader import stopped
from grader.model import Case, Died, Difference, Outcome, Raised, Source, Task

_DEATHS = {
    "timeout": "It did not finish in {wall} and was stopped. Look for a loop that never ends.",
    "output": "It printed more than {output} and was stopped. Look for a print in an endless loop.",
    "scratch": "It wrote more than {scratch} or {files} files and was stopped.",
    "memory": "It asked for more memory than the {memory} it may use.",
    "result": "What it returned is too large to look at{detail}.",
    "exit": "It ended the whole process, as `os._exit` does, instead of returning.",
    "skipped": "It was not tried any more, because three cases of this function had already been "
    "stopped.",
    "ended": "The process ended before the function returned.",
}
_SIGNALS = {
    "SIGSEGV": "It crashed the Python process (segmentation fault).",
    "SIGABRT": "It crashed the Python process (abort).",
    "SIGKILL": "The process was killed.",
    "SIGSYS": "It called the operating system for something that is not allowed here.",
    "SIGXFSZ": "It wrote a file larger than it may be.",
    "SIGBUS": "It crashed the Python process (bus error): it used a mapped file past its end, or "
    "there was no room left for it.",
}
_SAFE = {
    "type": "The result has the wrong type.",
    "structure": "The result has the wrong number of parts.",
    "shape": "The result has the wrong shape.",
    "dtype": "The result has the wrong dtype.",
    "gradient": "The result carries a gradient graph, and it should not.",
    "nan": "There is a NaN or infinity where a number should be, or the other way round.",
    "value": "The values are not the right ones.",
    "exception": "It should raise an exception here, and it returned.",
    "missing": "A part of the result is missing.",
}
_EXCEPTIONS = {
    name
    for name, kind in vars(builtins).items()
    if isinstance(kind, type) and issubclass(kind, BaseException)
}


@dataclass(frozen=True, slots=True)
class Told:
    """``category`` groups it; ``message`` is safe for the student; ``staff`` says everything."""

    category: str
    message: str
    staff: str
    traceback: tuple[str, ...] = ()


def of_differences(found: tuple[Difference, ...], case: Case) -> Told:
    """A result that differs."""
    first = found[0]
    full = _sentence(first.message)
    if len(found) > 1:
        full += f" {len(found) - 1} more of its parts differ."
    safe = full if case.public else _SAFE.get(first.category, "The result is not the right one.")
    return Told(first.category, safe, full)


def of_raised(
    raised: Raised, case: Case, task: Task, source: Source, contained: bool = True
) -> Told:
    """A call, or a whole file, that raised; ``contained`` says that a sandbox held it."""
    if raised.stage == "load":
        return _of_load(raised, source)
    if raised.stage == "lookup":
        message = (
            f"{_lookup(raised, task)} in {source.file}. Keep the function's name as in the handout."
        )
        return Told("missing function", message, message)
    if raised.stage == "signature":
        safe = f"`{task.function}` cannot be called as the handout says"
        full = f"{safe}: {raised.message}."
        return Told("signature", full if case.public else f"{safe}.", full)
    if raised.stage == "inputs":
        message = (
            "The inputs of this case could not be made after your file was loaded. Does code at "
            "its top level change torch or transformers?"
        )
        staff = f"{message} {raised.type}: {raised.message}"
        return Told("exception", message, staff)
    trace = tuple(_line(source, frame.line, frame.function) for frame in raised.frames)
    where = f" ({source.place(raised.frames[-1].line)})" if raised.frames else ""
    if raised.stage == "result":
        safe = "It returned something that cannot be looked at"
        full = f"{safe}: {raised.type}{where}: {raised.message}"
        return Told("result", full if case.public else f"{safe}.", full, trace)
    full = f"It raised {raised.type}{where}: {raised.message}"
    if raised.type == "MemoryError" or "alloc" in raised.message.lower():
        limit = _size(task.limits.memory)
        safe = f"It ran out of the {limit} of memory it may use: {_known_class(raised)}{where}."
        return Told("memory", safe, full, trace)
    why = stopped.explained(raised, task.limits) if contained else ""
    full = f"{_sentence(full)} {why}" if why else full
    safe = full if case.public else f"It raised {_known_class(raised)}{where}."
    return Told("scratch" if stopped.is_full(raised) else "exception", safe, full, trace)


def _lookup(raised: Raised, task: Task) -> str:
    """What was found under the function's name; in our words, whatever the process said."""
    missing, other = f"`{task.function}` is not there", f"`{task.function}` is not a function"
    return other if raised.message == other else missing


def of_died(died: Died, case: Case, task: Task) -> Told:
    """A process that ended, or was ended. Its detail is the process's own word: a hidden case's is
    for staff."""
    full = _death(died, task)
    ours = case.public or died.stage == "load"  # no case had been seen, and the words are ours
    safe = full if ours else _death(replace(died, detail=""), task)
    if died.reason == "signal":
        return Told("crash", full, full)
    return Told(died.reason, safe, full)


def _death(died: Died, task: Task) -> str:
    limits = task.limits
    if died.reason == "signal":
        known = died.detail in signal.Signals.__members__
        other = f"The process was ended by {died.detail if known else 'a signal'}."
        text = _SIGNALS.get(died.detail, other)
    else:
        text = _DEATHS[died.reason].format(
            wall=_seconds(died.detail if died.stage == "load" else f"{limits.wall:g}"),
            output=_size(limits.output),
            scratch=_size(limits.scratch_bytes),
            files=limits.scratch_inodes,
            memory=_size(limits.memory),
            detail=f": {died.detail}" if died.detail else "",
        )
    if died.stage == "load":
        text = f"Your file did not get through loading. {text}"
    return text


def _known_class(raised: Raised) -> str:
    """The first of the exception's classes that Python itself names: the name of a class of the
    student's own may have been made of a hidden case's input."""
    found = (name for name in (raised.type, *raised.classes) if name in _EXCEPTIONS)
    return next(found, "an exception")


def unfinished_sibling(outcome: Outcome, task: Task) -> str:
    """The other function whose stub raised ``NotImplementedError`` inside this one, if any."""
    if not isinstance(outcome, Raised) or outcome.type != "NotImplementedError":
        return ""
    inner = outcome.frames[-1].function if outcome.frames else task.function
    return inner if inner != task.function and inner in task.needs else ""


def is_stub(outcome: Outcome, task: Task) -> bool:
    """Whether the function still raises the stub's ``NotImplementedError`` itself."""
    if not isinstance(outcome, Raised) or outcome.type != "NotImplementedError":
        return False
    return outcome.stage == "call" and not unfinished_sibling(outcome, task)


def _of_load(raised: Raised, source: Source) -> Told:
    line = raised.frames[-1].line if raised.frames else 0
    where = str(source.place(line)) if line else source.file
    text = f"{where}: {raised.type}: {raised.message}"
    shown = _code_line(source, line)
    if shown:
        text += f"\n    {shown}"
    message = f"Your file could not be loaded, so none of its functions ran. {text}"
    trace = tuple(_line(source, frame.line, frame.function) for frame in raised.frames)
    return Told("load", message, message, trace)


def cited(source: Source, line: int) -> str:
    """A line of the student's file as verdicts tell it: where it is, and what it says."""
    return _line(source, line, "")


def _line(source: Source, line: int, function: str) -> str:
    where = f"{source.place(line)}" + (f", in {function}" if function else "")
    code = _code_line(source, line)
    return f"{where}: {code}" if code else where


def _code_line(source: Source, line: int) -> str:
    lines = source.text.splitlines()
    return lines[line - 1].strip()[:160] if 0 < line <= len(lines) else ""


def _sentence(message: str) -> str:
    return _upper(message) + ("" if message.endswith(".") else ".")


def _upper(message: str) -> str:
    return message[:1].upper() + message[1:]


def _seconds(number: str) -> str:
    return f"{number} second" + ("" if number == "1" else "s")


def _size(size: int) -> str:
    return f"{size >> 30} GB" if size >= 1 << 30 else f"{size >> 20} MB"
