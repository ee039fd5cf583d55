# loses: pad_ids: the side is looked at only where a row is short, so rows of one length never raise (`anything else raises ValueError`)
import torch


def pad_texts(tokenizer, texts):
    return tokenizer(texts, padding=True, truncation=True, return_tensors="pt")


def pad_ids(sequences, pad_id, side="right"):
    n = max(len(s) for s in sequences)
    ids, mask = [], []
    for s in sequences:
        row, m = list(s), [1] * len(s)
        for _ in range(n - len(s)):
            if side == "right":
                row, m = row + [pad_id], m + [0]
            elif side == "left":
                row, m = [pad_id] + row, [0] + m
            else:
                raise ValueError("side must be left or right")
        ids.append(row)
        mask.append(m)
    return {"input_ids": torch.tensor(ids), "attention_mask": torch.tensor(mask)}


def lengths(batch):
    return batch["attention_mask"].sum(dim=1)
