# loses: lengths: a list (`LongTensor (batch,)`)
import torch


def pad_texts(tokenizer, texts):
    return tokenizer(texts, padding=True, truncation=True, return_tensors="pt")


def pad_ids(sequences, pad_id, side="right"):
    if side not in ("left", "right"):
        raise ValueError(f"side is {side!r}")
    longest = max(len(row) for row in sequences)
    ids, mask = [], []
    for row in sequences:
        pads = [pad_id] * (longest - len(row))
        zeros = [0] * len(pads)
        ones = [1] * len(row)
        ids.append(row + pads if side == "right" else pads + row)
        mask.append(ones + zeros if side == "right" else zeros + ones)
    return {"input_ids": torch.tensor(ids).long(), "attention_mask": torch.tensor(mask).long()}


def lengths(batch):
    return [int(row.sum()) for row in batch["attention_mask"]]
