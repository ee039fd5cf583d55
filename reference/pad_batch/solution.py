"""Pad a batch: rows of different lengths become one tensor, and a mask that says what is real.

A tensor is a rectangle, but texts are not equally long. The shorter rows are filled up with a pad
id, and the attention mask keeps book: 1 for a real token, 0 for padding. Only the mask knows
which is which. The pad id does not: it may be a real token as well, and in GPT-2's vocabulary,
where the end token does duty as pad token, it is.
"""

import torch
from transformers import BatchEncoding, PreTrainedTokenizerBase


def pad_texts(tokenizer: PreTrainedTokenizerBase, texts: list[str]) -> BatchEncoding:
    """`texts` as one batch, padded to the longest of them by the tokenizer.

    A mapping with `input_ids` and `attention_mask`, both `LongTensor (batch, sequence)`, where
    `sequence` is the length of the longest text of this batch in tokens, special tokens included.
    `texts` holds one text or more; one of them may be empty. The tokenizer has a pad token and
    pads on the right.

    Hints:
    1. The tokenizer takes the whole list at once.
    2. Two things are to be asked for: padding, and tensors. What happens without either?
    3. There is more than one kind of padding. Print the shape: is it as wide as the longest text,
       or as the longest that the model takes?
    """
    return tokenizer(texts, padding=True, return_tensors="pt")


def pad_ids(
    sequences: list[list[int]], pad_id: int, side: str = "right"
) -> dict[str, torch.Tensor]:
    """`sequences` as one batch, padded by hand to the longest of them.

    A mapping with `input_ids` and `attention_mask`, both `LongTensor (batch, sequence)`. With
    `side` `"right"` the padding is on the right and each row starts at the left edge; with
    `"left"` it is the other way round, as for generating text. Any other side raises
    `ValueError`, whether or not there is anything to pad. `pad_id` may also occur as a real token
    of a row, where its mask is 1 like that of any other. A row may be empty: it is all padding.

    For `[[5, 6, 7], [8]]`, pad id 0 and `"right"`:
    `input_ids` `[[5, 6, 7], [8, 0, 0]]`, `attention_mask` `[[1, 1, 1], [1, 0, 0]]`.

    Hints:
    1. Look at `side` first, so that a wrong one is refused in every case.
    2. How wide is the batch? How much padding does one row need?
    3. Make the mask from the lengths of the rows, in the same step as the ids: once they are
       padded, nothing tells a real token from a pad id.
    4. `torch.tensor([])` holds floats. Say which dtype you want.
    """
    if side not in ("right", "left"):
        raise ValueError(f"side is 'right' or 'left', not {side!r}")
    longest = max(len(sequence) for sequence in sequences)
    input_ids = torch.full((len(sequences), longest), pad_id)
    attention_mask = torch.zeros_like(input_ids)
    for row, sequence in enumerate(sequences):
        start = 0 if side == "right" else longest - len(sequence)
        real = slice(start, start + len(sequence))
        input_ids[row, real] = torch.tensor(sequence)
        attention_mask[row, real] = 1
    return {"input_ids": input_ids, "attention_mask": attention_mask}


def lengths(batch: BatchEncoding | dict[str, torch.Tensor]) -> torch.Tensor:
    """The number of real tokens in each row of a batch, as `LongTensor (batch,)`.

    `batch` is any mapping with `input_ids` and `attention_mask`, padded on either side. A row
    without a real token has length 0. For the mask `[[1, 1, 1], [1, 0, 0]]` it is `[3, 1]`.

    Hints:
    1. Which of the two tensors knows what is real?
    2. One number for each row: over which axis do you count?
    3. A plain `dict` has no attributes: take the tensor by its key.
    """
    return batch["attention_mask"].sum(dim=1)
