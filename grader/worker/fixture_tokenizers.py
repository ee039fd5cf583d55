"""The tokenizer fixture: a fresh tokenizer for every case, in a fraction of a millisecond.

In: a name. Out: a tokenizer with a pad token, padding on the right. Loading GPT-2's takes 300 ms
and copying it (by way of JSON) nearly as long, so one is loaded in the warm process and a case
gets a new tokenizer around the same vocabulary model. That model is the one part which no call of
a tokenizer's own changes; added tokens, special tokens, padding and truncation are the case's own.
"""

from __future__ import annotations

import copy
from functools import cache
from typing import Any

from tokenizers import Tokenizer
from transformers import AutoTokenizer

SHORT_NAMES = {"bert": "distilbert/distilbert-base-cased", "gpt2": "distilgpt2"}
# The attributes that are large and never changed: the vocabulary as plain Python.
_SHARED = ("_tokenizer", "_vocab", "_merges")


def tokenizer(name: str) -> Any:
    """The tokenizer that ``AutoTokenizer.from_pretrained(name)`` loads ("bert" and "gpt2" are
    short for the lecture's). One without a pad token, as GPT-2's, pads with its end token."""
    loaded = _loaded(SHORT_NAMES.get(name, name))
    fresh = copy.copy(loaded)
    for key, value in vars(loaded).items():
        if key not in _SHARED:
            vars(fresh)[key] = copy.deepcopy(value)
    vars(fresh)["_tokenizer"] = _backend(loaded.backend_tokenizer)
    return fresh


@cache
def _loaded(name: str) -> Any:
    loaded = AutoTokenizer.from_pretrained(name)
    if loaded.pad_token is None:
        loaded.pad_token = loaded.eos_token
    loaded.padding_side = "right"
    return loaded


def _backend(shared: Any) -> Any:
    """A new backend with the vocabulary model of ``shared`` and its own of all else."""
    fresh = Tokenizer(shared.model)
    for part in ("normalizer", "pre_tokenizer", "post_processor", "decoder"):
        if (found := getattr(shared, part)) is not None:
            setattr(fresh, part, found)
    for token in shared.get_added_tokens_decoder().values():
        add = fresh.add_special_tokens if token.special else fresh.add_tokens
        add([token])
    fresh.encode_special_tokens = shared.encode_special_tokens
    return fresh
