"""Plain loops that change their arguments, with match and while."""

import torch


def pad_texts(tokenizer, texts):
    rows = []
    for text in texts:
        rows.append(tokenizer(text)["input_ids"])
    return pad_ids(rows, tokenizer.pad_token_id, tokenizer.padding_side)


def pad_ids(sequences, pad_id, side="right"):
    match side:
        case "right":
            add = lambda row, item: row.append(item)  # noqa: E731
        case "left":
            add = lambda row, item: row.insert(0, item)  # noqa: E731
        case _:
            raise ValueError(f"no side {side}")
    mask = [[1] * len(row) for row in sequences]
    width = max(map(len, sequences))
    for row, real in zip(sequences, mask, strict=True):
        while len(row) < width:
            add(row, pad_id)
            add(real, 0)
    return {"attention_mask": torch.LongTensor(mask), "input_ids": torch.LongTensor(sequences)}


def lengths(batch):
    result = []
    for row in batch["attention_mask"].tolist():
        count = 0
        for real in row:
            if real == 1:
                count += 1
        result.append(count)
    return torch.LongTensor(result)
