# loses: pad_ids: `The pad id may also occur as a real token`
import torch


def pad_texts(tokenizer, texts):
    return tokenizer(texts, padding=True, truncation=True, return_tensors="pt")


def pad_ids(sequences, pad_id, side="right"):
    if side not in ("left", "right"):
        raise ValueError("side must be left or right")
    longest = max(len(s) for s in sequences)
    rows = []
    for s in sequences:
        fill = [pad_id] * (longest - len(s))
        rows.append(s + fill if side == "right" else fill + s)
    input_ids = torch.tensor(rows)
    return {"input_ids": input_ids, "attention_mask": (input_ids != pad_id).long()}


def lengths(batch):
    return batch["attention_mask"].sum(dim=1)
