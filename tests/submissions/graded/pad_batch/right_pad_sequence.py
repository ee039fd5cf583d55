from enum import Enum

import torch
from torch.nn.utils.rnn import pad_sequence
from transformers import BatchEncoding


class Side(Enum):
    RIGHT = "right"
    LEFT = "left"


def pad_texts(tokenizer, texts: list[str]) -> BatchEncoding:
    encoded = [tokenizer(text, truncation=True) for text in texts]
    return tokenizer.pad(encoded, padding="longest", return_tensors="pt")


def pad_ids(sequences, pad_id: int, side: str = "right") -> BatchEncoding:
    where = Side(side).value
    rows = [torch.tensor(row, dtype=torch.long) for row in sequences]
    ones = [torch.ones_like(row) for row in rows]
    return BatchEncoding(
        {
            "input_ids": pad_sequence(
                rows, batch_first=True, padding_value=pad_id, padding_side=where
            ),
            "attention_mask": pad_sequence(ones, batch_first=True, padding_side=where),
        }
    )


def lengths(batch):
    return torch.count_nonzero(batch["attention_mask"], dim=-1)
