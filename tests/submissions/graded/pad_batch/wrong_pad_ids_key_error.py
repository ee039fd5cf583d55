# loses: pad_ids: another side raises KeyError (`anything else raises ValueError`)
import torch


def pad_texts(tokenizer, texts):
    return tokenizer(texts, padding=True, truncation=True, return_tensors="pt")


def pad_ids(sequences, pad_id, side="right"):
    n = max(len(s) for s in sequences)
    put = {
        "right": lambda row, fill: row + fill,
        "left": lambda row, fill: fill + row,
    }[side]
    ids = [put(list(s), [pad_id] * (n - len(s))) for s in sequences]
    mask = [put([1] * len(s), [0] * (n - len(s))) for s in sequences]
    return {"input_ids": torch.tensor(ids), "attention_mask": torch.tensor(mask)}


def lengths(batch):
    return batch["attention_mask"].sum(dim=1)
