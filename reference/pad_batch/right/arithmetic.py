"""No loop over the rows: the mask from comparing positions, the ids scattered into it."""

from itertools import chain

import torch


def pad_texts(tokenizer, texts):
    return tokenizer.pad(tokenizer(list(texts)), padding="longest", return_tensors="pt")


def pad_ids(sequences, pad_id, side="right"):
    sizes = torch.tensor([[len(sequence)] for sequence in sequences])
    positions = torch.arange(int(sizes.max()))[None, :]
    if side == "right":
        mask = positions < sizes
    elif side == "left":
        mask = positions >= sizes.max() - sizes
    else:
        raise ValueError("side: 'right' or 'left'")
    ids = torch.full(mask.shape, pad_id, dtype=torch.long)
    ids[mask] = torch.tensor(list(chain.from_iterable(sequences)), dtype=torch.long)
    return {"input_ids": ids, "attention_mask": mask.to(torch.int64)}


def lengths(batch):
    mask = batch["attention_mask"]
    return mask @ torch.ones(mask.shape[1], dtype=torch.long)
