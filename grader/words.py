"""Sentences for what went wrong, for two audiences.

In: an outcome and where the student's lines came from. Out: ``Told``: what the student may read
about the case, and what staff read. A hidden case's student text holds nothing that could carry
its input or its expected value: no message of an exception, no value, no shape, no printed text.
"""

from __future__ import annotations

from dataclasses import dataclass

from grader.model import Case, Died, Difference, Outcome, Raised, Source, Task

_DEATHS = {
    "timeout": "It did not finish in {wall:g} seconds and was stopped. Look for a loop that never "
    "ends.",
    "output": "It printed more than {output} and was stopped. Look for a print in an endless loop.",
    "scratch": "It wrote more than {scratch} of files and was stopped.",
    "memory": "It asked for more memory than the {memory} it may use.",
    "result": "What it returned is too large to look at: {detail}.",
    "exit": "It ended the whole process (`os._exit({detail})`) instead of returning.",
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


def of_raised(raised: Raised, case: Case, task: Task, source: Source) -> Told:
    """A call, or a whole file, that raised."""
    if raised.stage == "load":
        return _of_load(raised, source)
    if raised.stage == "lookup":
        message = f"{raised.message} in {source.file}. Keep the function's name as in the handout."
        return Told("missing function", _upper(message), _upper(message))
    if raised.stage == "signature":
        message = f"`{task.function}` cannot be called as the handout says: {raised.message}."
        return Told("signature", message, message)
    if raised.stage == "inputs":
        message = (
            "The inputs of this case could not be made after your file was loaded. Does code at "
            "its top level change torch or transformers?"
        )
        staff = f"{message} {raised.type}: {raised.message}"
        return Told("exception", message, staff)
    trace = tuple(_line(source, frame.line, frame.function) for frame in raised.frames)
    where = f" ({source.place(raised.frames[-1].line)})" if raised.frames else ""
    full = f"It raised {raised.type}{where}: {raised.message}"
    if raised.type == "MemoryError" or "alloc" in raised.message.lower():
        return Told(
            "memory", f"It ran out of the memory it may use ({raised.type}{where}).", full, trace
        )
    safe = full if case.public else f"It raised {raised.type}{where}."
    return Told("exception", safe, full, trace)


def of_died(died: Died, task: Task) -> Told:
    """A process that ended, or was ended."""
    limits = task.limits
    if died.reason == "signal":
        text = _SIGNALS.get(died.detail, f"The process was ended by {died.detail}.")
    else:
        text = _DEATHS[died.reason].format(
            wall=limits.wall,
            output=_size(limits.output),
            scratch=_size(limits.scratch_bytes),
            memory=_size(limits.memory),
            detail=died.detail,
        )
    if died.stage == "load":
        text = f"Your file did not get through loading. {text}"
    return Told(died.reason if died.reason != "signal" else "crash", text, text)


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


def _size(size: int) -> str:
    return f"{size >> 30} GB" if size >= 1 << 30 else f"{size >> 20} MB"
