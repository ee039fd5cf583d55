# loses: pad_ids: the mask is a float tensor (`both LongTensor`)
import torch


def pad_texts(tokenizer, texts):
    return tokenizer(texts, padding=True, truncation=True, return_tensors="pt")


def pad_ids(sequences, pad_id, side="right"):
    if side not in ("left", "right"):
        raise ValueError("side must be left or right")
    n = max(len(s) for s in sequences)
    ids = torch.full((len(sequences), n), pad_id)
    mask = torch.zeros(len(sequences), n)
    for i, s in enumerate(sequences):
        begin = 0 if side == "right" else n - len(s)
        for j, token in enumerate(s):
            ids[i, begin + j] = token
            mask[i, begin + j] = 1
    return {"input_ids": ids, "attention_mask": mask}


def lengths(batch):
    return batch["attention_mask"].sum(dim=1)
