# loses: pad_ids: `The pad id may also occur as a real token`; `pad_texts` calls it (`the fault counts once`)
import torch


def pad_ids(sequences, pad_id, side="right"):
    if side not in ("left", "right"):
        raise ValueError("side must be left or right")
    longest = max(len(s) for s in sequences)
    input_ids = torch.full((len(sequences), longest), pad_id)
    for row, s in zip(input_ids, sequences):
        start = 0 if side == "right" else longest - len(s)
        row[start : start + len(s)] = torch.tensor(s, dtype=torch.long)
    return {"input_ids": input_ids, "attention_mask": (input_ids != pad_id).long()}


def pad_texts(tokenizer, texts):
    return pad_ids([tokenizer.encode(text) for text in texts], tokenizer.pad_token_id)


def lengths(batch):
    return batch["attention_mask"].sum(dim=1)
