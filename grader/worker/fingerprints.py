"""Cheap fingerprints for ``Dataset.map`` with a tokenizer.

In: nothing. Out: ``datasets`` of this process numbers tokenizers instead of hashing them.

``map`` names its result after a hash of the function and of all that it refers to. For a tokenizer
that is the whole vocabulary, 150 to 500 ms for each split, where tokenizing a case's few rows takes
one. The name serves to find the result of an earlier run again, which no graded case wants. So a
tokenizer hashes to a new number every time: such a ``map`` is always computed anew.
"""

from __future__ import annotations

import itertools
from typing import Any

from datasets.utils import _dill

_numbers = itertools.count()


def number_tokenizers() -> None:
    """To be called once, in the warm process. Has no effect on ``pickle`` and ``copy``."""
    # The library looks this name up whenever it meets the first tokenizer of a class.
    _dill._save_transformersPreTrainedTokenizerBase = _save_number


def _save_number(pickler: Any, tokenizer: Any) -> None:
    pickler.save_reduce(int, (next(_numbers),), obj=tokenizer)
