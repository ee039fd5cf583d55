# loses: pad_ids: `[-len(s):]` of an empty row is the whole row, so its padding counts as real (attention_mask)
import torch


def pad_texts(tokenizer, texts):
    return tokenizer(texts, padding=True, truncation=True, return_tensors="pt")


def pad_ids(sequences, pad_id, side="right"):
    if side not in ("left", "right"):
        raise ValueError("side must be left or right")
    n = max(len(s) for s in sequences)
    ids = torch.full((len(sequences), n), pad_id)
    mask = torch.zeros((len(sequences), n), dtype=torch.long)
    for i, s in enumerate(sequences):
        if side == "right":
            ids[i, : len(s)] = torch.tensor(s, dtype=torch.long)
            mask[i, : len(s)] = 1
        else:
            start = n - len(s)
            ids[i, start:] = torch.tensor(s, dtype=torch.long)
            mask[i, -len(s) :] = 1
    return {"input_ids": ids, "attention_mask": mask}


def lengths(batch):
    return batch["attention_mask"].sum(dim=1)
