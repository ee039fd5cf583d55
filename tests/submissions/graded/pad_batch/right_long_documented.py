"""Batch padding helpers for Hugging Face models.

All functions return mappings with the keys ``input_ids`` and ``attention_mask``.
"""

from __future__ import annotations

import logging
from typing import Final, Literal

import torch
from torch import LongTensor
from transformers import PreTrainedTokenizerBase

logger = logging.getLogger(__name__)

VALID_SIDES: Final[frozenset[str]] = frozenset({"left", "right"})


def pad_texts(tokenizer: PreTrainedTokenizerBase, texts: list[str]) -> dict[str, LongTensor]:
    """Tokenize and pad a list of texts to the longest sequence of the batch.

    Args:
        tokenizer: Any Hugging Face tokenizer.
        texts: The raw input texts.

    Returns:
        A dictionary with ``input_ids`` and ``attention_mask``.
    """
    # Some tokenizers (e.g. GPT-2) do not define a padding token by default.
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    encoded = tokenizer(
        texts,
        padding=True,
        truncation=True,
        return_tensors="pt",
        return_attention_mask=True,
    )
    return {"input_ids": encoded["input_ids"], "attention_mask": encoded["attention_mask"]}


def pad_ids(
    sequences: list[list[int]],
    pad_id: int,
    side: Literal["left", "right"] = "right",
) -> dict[str, LongTensor]:
    """Pad ``sequences`` by hand.

    Raises:
        ValueError: If ``side`` is neither ``"left"`` nor ``"right"``.
    """
    if side not in VALID_SIDES:
        raise ValueError(f"`side` must be one of {sorted(VALID_SIDES)}, got {side!r}.")

    max_length = max((len(sequence) for sequence in sequences), default=0)
    batch_size = len(sequences)
    input_ids = torch.full((batch_size, max_length), pad_id, dtype=torch.long)
    attention_mask = torch.zeros((batch_size, max_length), dtype=torch.long)

    for index, sequence in enumerate(sequences):
        if not sequence:
            logger.debug("Row %d is empty.", index)
            continue
        window = slice(0, len(sequence)) if side == "right" else slice(-len(sequence), None)
        input_ids[index, window] = torch.tensor(sequence, dtype=torch.long)
        attention_mask[index, window] = 1

    return {"input_ids": input_ids, "attention_mask": attention_mask}


def lengths(batch: dict[str, LongTensor]) -> LongTensor:
    """Return the number of real (non-padding) tokens of each row."""
    return batch["attention_mask"].to(torch.long).sum(dim=-1)


if __name__ == "__main__":
    example = pad_ids([[1, 2, 3], [4]], pad_id=0)
    print(example, lengths(example))
