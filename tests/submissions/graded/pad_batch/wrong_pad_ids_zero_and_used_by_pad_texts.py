# loses: pad_ids: pads with 0; `pad_texts` calls it (`the fault counts once`)
import torch


def pad_ids(sequences, pad_id, side="right"):
    if side not in ("left", "right"):
        raise ValueError("side must be left or right")
    n = max(map(len, sequences))
    if side == "right":
        rows = [s + [0] * (n - len(s)) for s in sequences]
        mask = [[1] * len(s) + [0] * (n - len(s)) for s in sequences]
    else:
        rows = [[0] * (n - len(s)) + s for s in sequences]
        mask = [[0] * (n - len(s)) + [1] * len(s) for s in sequences]
    return {"input_ids": torch.tensor(rows).long(), "attention_mask": torch.tensor(mask).long()}


def pad_texts(tokenizer, texts):
    rows = tokenizer(texts)["input_ids"]
    return pad_ids(rows, tokenizer.pad_token_id)


def lengths(batch):
    return batch["attention_mask"].sum(dim=1)
