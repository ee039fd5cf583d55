# loses: pad_ids: 'LEFT' and 'Right' are taken (`anything else raises ValueError`)
import torch


def pad_texts(tokenizer, texts):
    return tokenizer(texts, padding=True, truncation=True, return_tensors="pt")


def pad_ids(sequences, pad_id, side="right"):
    side = side.lower().strip()
    if side not in ("left", "right"):
        raise ValueError(side)
    n = max(len(s) for s in sequences)
    ids, mask = [], []
    for s in sequences:
        pads, ones, zeros = [pad_id] * (n - len(s)), [1] * len(s), [0] * (n - len(s))
        ids.append(s + pads if side == "right" else pads + s)
        mask.append(ones + zeros if side == "right" else zeros + ones)
    return {"input_ids": torch.tensor(ids), "attention_mask": torch.tensor(mask)}


def lengths(batch):
    return batch["attention_mask"].sum(dim=1)
