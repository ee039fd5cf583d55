"""Lists of lists first, tensors at the very end."""

import torch


def pad_texts(tokenizer, texts):
    width = max(len(tokenizer.encode(text)) for text in texts)
    return tokenizer(
        texts, padding="max_length", max_length=width, truncation=True, return_tensors="pt"
    )


def pad_ids(sequences, pad_id, side="right"):
    width = len(max(sequences, key=len))
    if side == "right":
        ids = [row + [pad_id] * (width - len(row)) for row in sequences]
        mask = [[1] * len(row) + [0] * (width - len(row)) for row in sequences]
    elif side == "left":
        ids = [[pad_id] * (width - len(row)) + row for row in sequences]
        mask = [[0] * (width - len(row)) + [1] * len(row) for row in sequences]
    else:
        raise ValueError(side)
    return {
        "input_ids": torch.tensor(ids),
        "attention_mask": torch.tensor(mask),
        "labels": None,
    }


def lengths(batch):
    return torch.tensor([int(row.sum()) for row in batch["attention_mask"]])
