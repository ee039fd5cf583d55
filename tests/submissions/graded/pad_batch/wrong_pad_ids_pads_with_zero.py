# loses: pad_ids: pads with 0 and not with `pad_id`
import torch


def pad_texts(tokenizer, texts):
    return tokenizer(texts, padding=True, truncation=True, return_tensors="pt")


def pad_ids(sequences, pad_id, side="right"):
    if side not in ("left", "right"):
        raise ValueError("side must be left or right")
    rows = [torch.tensor(s) for s in sequences]
    ones = [torch.ones(len(s), dtype=torch.long) for s in sequences]
    pad = torch.nn.utils.rnn.pad_sequence
    return {
        "input_ids": pad(rows, batch_first=True, padding_side=side),
        "attention_mask": pad(ones, batch_first=True, padding_side=side),
    }


def lengths(batch):
    return batch["attention_mask"].sum(dim=1)
