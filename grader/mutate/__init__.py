"""Generic mutants of a reference: one small fault each, of the kinds that mutation testing knows.

In: the text of a ``solution.py``. Out: its mutants, each a whole text and the edit that makes it.
Nothing is run here. The parser (libcst) is imported when the first mutant is asked for.
"""

from __future__ import annotations

from grader.mutate.mutant import Edit, Mutant, MutateError
from grader.mutate.users import users

__all__ = ["Edit", "Mutant", "MutateError", "mutants", "users"]


def mutants(source: str) -> tuple[Mutant, ...]:
    """All mutants of ``source``, in the order of the text; no two have the same syntax tree.

    Functions, classes and constants are mutated; docstrings, annotations, imports and the wording
    of exceptions are not. Raises ``MutateError`` when libcst is missing, or when ``source`` is
    not Python.
    """
    try:
        from grader.mutate.sites import mutants_of
    except ModuleNotFoundError as error:
        if error.name != "libcst":
            raise
        raise MutateError(
            "mutants need libcst, which is not installed. Install the grader with its extra "
            "`prove`: pip install 'grader[prove]'"
        ) from None
    return mutants_of(source)
