import torch


def pad_texts(tokenizer, texts):
    return tokenizer(texts, padding=True, return_tensors="pt")


def pad_ids(sequences, pad_id, side="right"):
    if side not in ("right", "left"):
        raise ValueError("side must be 'right' or 'left'")
    longest = max(len(s) for s in sequences)
    input_ids, attention_mask = [], []
    for s in sequences:
        fill = longest - len(s)
        if side == "right":
            input_ids.append(s + [pad_id] * fill)
            attention_mask.append([1] * len(s) + [0] * fill)
        else:
            input_ids.append([pad_id] * fill + s)
            attention_mask.append([0] * fill + [1] * len(s))
    return {
        "input_ids": torch.tensor(input_ids, dtype=torch.long),
        "attention_mask": torch.tensor(attention_mask, dtype=torch.long),
    }


def lengths(batch):
    return batch["attention_mask"].sum(dim=1)
