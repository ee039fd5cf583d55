"""Inputs of `decode` made from a text, and stand-ins for siblings. In: a tokenizer and a text.
Out: ids. No answers.
"""

import torch


def encoded(tokenizer, text, padding=0, form="list"):
    """The ids of `text`, with `padding` pad ids after them, as a list or a 1-D tensor."""
    ids = tokenizer(text)["input_ids"] + [tokenizer.pad_token_id] * padding
    return torch.tensor(ids, dtype=torch.int64) if form == "tensor" else list(ids)


# Stand-ins for functions that others of this topic may be built on. They tokenize nothing: three
# pieces of the vocabulary, chosen by the length of the text, stand for any text there is.


def _pieces(text):
    return [1000 + len(text) % 997, 2000, 3000]


def double_tokens(tokenizer, text):
    return tokenizer.convert_ids_to_tokens(_pieces(text))


def double_token_ids(tokenizer, text):
    empty = tokenizer("")["input_ids"]
    half = len(empty) // 2
    return empty[:half] + _pieces(text) + empty[half:]


def double_tokens_with_special(tokenizer, text):
    return tokenizer.convert_ids_to_tokens(double_token_ids(tokenizer, text))


def double_to_tensors(tokenizer, text):
    ids = torch.tensor([double_token_ids(tokenizer, text)])
    return {"input_ids": ids, "attention_mask": torch.ones_like(ids)}
