"""A class for one row; left padding by turning the right one round."""

from dataclasses import dataclass

import torch
from torch.nn.functional import pad


@dataclass(frozen=True)
class Row:
    ids: torch.Tensor

    def padded(self, width, value):
        return pad(self.ids, (0, width - len(self)), value=value)

    def mask(self, width):
        return pad(torch.ones_like(self.ids), (0, width - len(self)))

    def __len__(self):
        return self.ids.shape[0]


def pad_texts(tokenizer, texts):
    rows = [tokenizer(text, return_tensors="pt")["input_ids"][0].tolist() for text in texts]
    return pad_ids(rows, pad_id=tokenizer.pad_token_id)


def pad_ids(sequences, pad_id, side="right"):
    if side == "left":
        turned = pad_ids([sequence[::-1] for sequence in sequences], pad_id)
        return {name: value.flip(-1) for name, value in turned.items()}
    if side != "right":
        raise ValueError(f"{side} is no side")
    rows = [Row(torch.tensor(sequence).long()) for sequence in sequences]
    width = max(len(row) for row in rows)
    return {
        "input_ids": torch.stack([row.padded(width, pad_id) for row in rows]),
        "attention_mask": torch.stack([row.mask(width) for row in rows]),
    }


def lengths(batch):
    mask = dict(batch).pop("attention_mask")
    return (mask == 1).long().sum(1)
