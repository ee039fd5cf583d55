# loses: pad_texts: pads by hand and takes every token equal to the pad id for padding; a text may hold the pad token (attention_mask of real tokens)
import torch


def pad_texts(tokenizer, texts):
    rows = [torch.tensor(tokenizer.encode(t)) for t in texts]
    input_ids = torch.nn.utils.rnn.pad_sequence(
        rows, batch_first=True, padding_value=tokenizer.pad_token_id
    )
    return {"input_ids": input_ids, "attention_mask": (input_ids != tokenizer.pad_token_id).long()}


def pad_ids(sequences, pad_id, side="right"):
    if side not in ("left", "right"):
        raise ValueError(f"side is {side!r}")
    longest = max(len(row) for row in sequences)
    ids, mask = [], []
    for row in sequences:
        pads = [pad_id] * (longest - len(row))
        zeros = [0] * len(pads)
        ones = [1] * len(row)
        ids.append(row + pads if side == "right" else pads + row)
        mask.append(ones + zeros if side == "right" else zeros + ones)
    return {"input_ids": torch.tensor(ids).long(), "attention_mask": torch.tensor(mask).long()}


def lengths(batch):
    return batch["attention_mask"].sum(dim=1)
