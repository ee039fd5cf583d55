# loses: pad_ids: padded on the left, but masked on the right (attention_mask of real tokens)
import torch


def pad_texts(tokenizer, texts):
    return tokenizer(texts, padding=True, truncation=True, return_tensors="pt")


def pad_ids(sequences, pad_id, side="right"):
    if side not in ("left", "right"):
        raise ValueError("side must be left or right")
    longest = max(map(len, sequences))
    fill = [[pad_id] * (longest - len(s)) for s in sequences]
    if side == "right":
        rows = [s + f for s, f in zip(sequences, fill)]
    else:
        rows = [f + s for s, f in zip(sequences, fill)]
    mask = [[1] * len(s) + [0] * len(f) for s, f in zip(sequences, fill)]
    return {"input_ids": torch.tensor(rows), "attention_mask": torch.tensor(mask)}


def lengths(batch):
    return batch["attention_mask"].sum(dim=1)
