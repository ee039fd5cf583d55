# loses: pad_ids: the tokens of a left-padded row are back to front
import torch


def pad_texts(tokenizer, texts):
    return tokenizer(texts, padding=True, truncation=True, return_tensors="pt")


def pad_ids(sequences, pad_id, side="right"):
    if side not in ("left", "right"):
        raise ValueError("side must be left or right")
    n = max(len(s) for s in sequences)
    input_ids = torch.full((len(sequences), n), pad_id)
    mask = torch.zeros(len(sequences), n, dtype=torch.long)
    for i, s in enumerate(sequences):
        for j, token in enumerate(s):
            column = j if side == "right" else n - 1 - j
            input_ids[i, column] = token
            mask[i, column] = 1
    return {"input_ids": input_ids, "attention_mask": mask}


def lengths(batch):
    return batch["attention_mask"].sum(dim=1)
