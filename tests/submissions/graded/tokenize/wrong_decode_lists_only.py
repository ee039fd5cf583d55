# loses: decode: a tensor's elements are tensors and not in a set of numbers, so special tokens stay (`ids` is a list or a 1-D tensor)
import torch


def tokens(tokenizer, text):
    return tokenizer.tokenize(text)


def token_ids(tokenizer, text):
    return tokenizer.encode(text)


def tokens_with_special(tokenizer, text):
    return tokenizer.convert_ids_to_tokens(token_ids(tokenizer, text))


def to_tensors(tokenizer, text):
    ids = torch.tensor([token_ids(tokenizer, text)])
    return {"input_ids": ids, "attention_mask": torch.ones_like(ids)}


def decode(tokenizer, ids):
    special = set(tokenizer.all_special_ids)
    kept = [i for i in ids if i not in special]
    return tokenizer.decode(kept)
