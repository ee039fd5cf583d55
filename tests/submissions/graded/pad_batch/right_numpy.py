"""Padding, with numpy index arithmetic."""
import numpy as np
import torch


def pad_texts(tokenizer, texts):
    batch = tokenizer(list(texts), padding="longest", truncation=True, return_tensors="np")
    return {k: torch.from_numpy(np.asarray(v, dtype=np.int64)) for k, v in batch.items()}


def pad_ids(sequences, pad_id, side="right"):
    match side:
        case "right":
            flip = False
        case "left":
            flip = True
        case _:
            raise ValueError(f"unknown side: {side!r}")
    sizes = np.array([len(s) for s in sequences], dtype=np.int64)
    width = sizes.max(initial=0)
    mask = np.arange(width)[None, :] < sizes[:, None]
    if flip:
        mask = mask[:, ::-1].copy()
    ids = np.full(mask.shape, pad_id, dtype=np.int64)
    ids[mask] = np.concatenate([np.asarray(s, dtype=np.int64) for s in sequences])
    return {"input_ids": torch.from_numpy(ids), "attention_mask": torch.from_numpy(mask.astype(np.int64))}


def lengths(batch):
    mask = batch["attention_mask"].numpy()
    return torch.from_numpy(np.count_nonzero(mask, axis=1)).long()
