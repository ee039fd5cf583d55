# loses: pad_ids: takes the last row for the longest one
import torch


def pad_texts(tokenizer, texts):
    return tokenizer(texts, padding=True, truncation=True, return_tensors="pt")


def pad_ids(sequences, pad_id, side="right"):
    if side not in ("left", "right"):
        raise ValueError("side must be left or right")
    sequences = [list(s) for s in sequences]
    n = len(sequences[-1])
    ids, mask = [], []
    for s in sequences:
        k = n - len(s)
        ids.append((s + [pad_id] * k) if side == "right" else ([pad_id] * k + s))
        mask.append(([1] * len(s) + [0] * k) if side == "right" else ([0] * k + [1] * len(s)))
    width = min(len(r) for r in ids)
    return {
        "input_ids": torch.tensor([r[:width] for r in ids]),
        "attention_mask": torch.tensor([m[:width] for m in mask]),
    }


def lengths(batch):
    return batch["attention_mask"].sum(dim=1)
