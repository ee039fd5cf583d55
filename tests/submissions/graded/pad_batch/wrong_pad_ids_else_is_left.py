# loses: pad_ids: any other side pads on the left (`anything else raises ValueError`)
import torch


def pad_texts(tokenizer, texts):
    return tokenizer(texts, padding=True, truncation=True, return_tensors="pt")


def pad_ids(sequences, pad_id, side="right"):
    n = max(len(s) for s in sequences)
    ids, mask = [], []
    for s in sequences:
        k = n - len(s)
        if side == "right":
            ids.append(s + [pad_id] * k)
            mask.append([1] * len(s) + [0] * k)
        else:
            ids.append([pad_id] * k + s)
            mask.append([0] * k + [1] * len(s))
    return {"input_ids": torch.tensor(ids), "attention_mask": torch.tensor(mask)}


def lengths(batch):
    return batch["attention_mask"].sum(dim=1)
