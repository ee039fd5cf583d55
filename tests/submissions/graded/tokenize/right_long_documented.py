"""Tokenization utilities.

This module provides a small, well-typed set of helpers around Hugging Face tokenizers.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from transformers import BatchEncoding, PreTrainedTokenizerBase


def _encode(
    tokenizer: PreTrainedTokenizerBase, text: str, *, add_special_tokens: bool
) -> list[int]:
    """Encode ``text`` and return its ids as plain Python integers."""
    if not isinstance(text, str):
        raise TypeError(f"text must be a string, got {type(text).__name__}")
    encoded = tokenizer(
        text,
        add_special_tokens=add_special_tokens,
        return_attention_mask=False,
        return_token_type_ids=False,
        truncation=False,
    )
    return [int(index) for index in encoded["input_ids"]]


def tokens(tokenizer: PreTrainedTokenizerBase, text: str) -> list[str]:
    """Return the tokens of ``text`` without special tokens."""
    return tokenizer.convert_ids_to_tokens(_encode(tokenizer, text, add_special_tokens=False))


def token_ids(tokenizer: PreTrainedTokenizerBase, text: str) -> list[int]:
    """Return the ids of ``text`` including special tokens."""
    return _encode(tokenizer, text, add_special_tokens=True)


def tokens_with_special(tokenizer: PreTrainedTokenizerBase, text: str) -> list[str]:
    """Return the tokens of ``text`` including special tokens."""
    return tokenizer.convert_ids_to_tokens(token_ids(tokenizer, text))


def to_tensors(tokenizer: PreTrainedTokenizerBase, text: str) -> BatchEncoding:
    """Return ``input_ids`` and ``attention_mask`` of shape ``(1, sequence)``."""
    ids = torch.tensor([token_ids(tokenizer, text)], dtype=torch.long)
    return BatchEncoding({"input_ids": ids, "attention_mask": torch.ones_like(ids)})


def decode(tokenizer: PreTrainedTokenizerBase, ids: Sequence[int] | torch.Tensor) -> str:
    """Turn ``ids`` back into text and drop special tokens."""
    if isinstance(ids, torch.Tensor):
        ids = ids.detach().cpu().tolist()
    return tokenizer.decode(list(ids), skip_special_tokens=True)


if __name__ == "__main__":
    from transformers import AutoTokenizer

    tok = AutoTokenizer.from_pretrained("distilbert/distilbert-base-cased")
    print(tokens(tok, "Hello, how are you?"))
