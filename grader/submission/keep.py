"""Which statements of a notebook a grader needs. Runs in the reading process only.

In: all statements, and the names of the graded functions if they are known. Out: the kept ones.

A notebook is a file of functions among trials: plots, prints, an hour of training. Imports,
definitions and constants are kept; anything else only if a function needs it, so that a
``tokenizer = AutoTokenizer.from_pretrained(...)`` that a function reads is there and
``history = fit(model, ...)`` that none reads is not.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from grader.submission.kinds import Kind
from grader.submission.statements import Statement

_ALWAYS = (Kind.IMPORT, Kind.DEFINITION, Kind.CONSTANT)


def kept(statements: Sequence[Statement], functions: Collection[str]) -> list[Statement]:
    """The statements to run, in their order.

    Args:
        functions: the graded functions; only what they need is kept beside the definitions.
            Empty if unknown: any function of the notebook then counts.
    """
    keep = {n for n, statement in enumerate(statements) if statement.kind in _ALWAYS}
    at_once = (statements[n].names.needs for n in keep)
    waiting = (set(functions) or _likely_functions(statements)).union(*at_once)
    writers = _writers(statements)
    needed: set[str] = set()
    while waiting:
        name = waiting.pop()
        needed.add(name)
        for n in writers.get(name, ()):
            keep.add(n)
            waiting |= _needs(statements[n], name) - needed
    return [statements[n] for n in sorted(keep)]


def is_opaque(statements: Sequence[Statement]) -> bool:
    """Whether a statement may bind names that nobody can see, so that none may be left out."""
    return any(s.names.unseen for s in statements if s.kind is not Kind.DEFINITION)


def _needs(statement: Statement, name: str) -> frozenset[str]:
    """What must be there for ``name`` to have the value that the statement gives it."""
    names = statement.names
    return names.needs | names.later if name in names.binds else names.needs


def _likely_functions(statements: Sequence[Statement]) -> set[str]:
    """Names of definitions, and of what was made from one: ``decode = partial(_decode, 1)``."""
    functions: set[str] = set()
    imported: set[str] = set()
    for statement in statements:
        names = statement.names
        if statement.kind is Kind.IMPORT:
            imported |= names.binds
        elif statement.kind is Kind.DEFINITION or names.passed & (functions | imported):
            functions |= names.binds
    return functions


def _writers(statements: Sequence[Statement]) -> dict[str, list[int]]:
    """For each name, the statements that leave another value in it."""
    imported = frozenset().union(*(s.names.binds for s in statements if s.kind is Kind.IMPORT))
    setters = {
        name: s.names.sets_later for s in statements if s.names.sets_later for name in s.names.binds
    }
    writers: dict[str, list[int]] = {}
    for n, statement in enumerate(statements):
        for name in _written(statement, imported, setters):
            writers.setdefault(name, []).append(n)
    return writers


def _written(
    statement: Statement, imported: frozenset[str], setters: dict[str, frozenset[str]]
) -> frozenset[str]:
    if statement.kind is Kind.NEVER:
        return frozenset()
    names = statement.names
    # A method of a module, as ``plt.show()``, is a trial; of a value, as ``words.append``, it
    # makes the value what it is.
    by_method = names.receivers - imported
    by_call = (setters[name] for name in names.needs & setters.keys())
    return (names.binds | names.changes | by_method).union(*by_call)
