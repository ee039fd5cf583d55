"""Makes the inputs of `decode` from a text. In: a tokenizer and a text. Out: ids, no answers."""

import torch


def encoded(tokenizer, text, padding=0, form="list"):
    """The ids of `text`, with `padding` pad ids after them, as a list or a 1-D tensor."""
    ids = tokenizer(text)["input_ids"] + [tokenizer.pad_token_id] * padding
    return torch.tensor(ids, dtype=torch.int64) if form == "tensor" else list(ids)
