"""One function does the work and the others are built on it."""

from collections import UserDict

import torch


def token_ids(tokenizer, text):
    return tokenizer(text, truncation=True)["input_ids"]


def tokens_with_special(tokenizer, text):
    return tokenizer.convert_ids_to_tokens(token_ids(tokenizer, text))


def tokens(tokenizer, text):
    added = tokenizer.num_special_tokens_to_add()
    everything = tokens_with_special(tokenizer, text)
    return everything[1:-1] if added else everything


def to_tensors(tokenizer, text):
    ids = torch.tensor(token_ids(tokenizer, text)).reshape(1, -1)
    return UserDict(attention_mask=torch.full_like(ids, 1), input_ids=ids)


def decode(tokenizer, ids):
    ids = torch.as_tensor(ids)
    special = torch.tensor(tokenizer.all_special_ids)
    return tokenizer.decode(ids[~torch.isin(ids, special)])
