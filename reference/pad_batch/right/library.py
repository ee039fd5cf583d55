"""With what transformers and torch have ready."""

import torch
from torch.nn.utils.rnn import pad_sequence
from transformers import BatchEncoding, DataCollatorWithPadding


def pad_texts(tokenizer, texts):
    features = [tokenizer(text, truncation=True) for text in texts]
    return DataCollatorWithPadding(tokenizer)(features)


def pad_ids(sequences, pad_id, side="right"):
    if side != "right" and side != "left":
        raise ValueError("side must be right or left")
    rows = [torch.tensor(sequence, dtype=torch.int64) for sequence in sequences]
    ones = [torch.ones_like(row) for row in rows]
    options = {"batch_first": True, "padding_side": side}
    return BatchEncoding(
        {
            "input_ids": pad_sequence(rows, padding_value=pad_id, **options),
            "attention_mask": pad_sequence(ones, padding_value=0, **options),
        }
    )


def lengths(batch):
    return torch.count_nonzero(batch["attention_mask"], dim=-1)
