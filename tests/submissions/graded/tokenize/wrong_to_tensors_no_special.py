# loses: to_tensors: special tokens are left out, so the model gets other ids than `token_ids`
import torch


def tokens(tokenizer, text):
    return tokenizer.tokenize(text)


def token_ids(tokenizer, text):
    return tokenizer.encode(text)


def tokens_with_special(tokenizer, text):
    return tokenizer.convert_ids_to_tokens(token_ids(tokenizer, text))


def to_tensors(tokenizer, text):
    return tokenizer(text, add_special_tokens=False, return_tensors="pt")


def decode(tokenizer, ids):
    return tokenizer.decode(ids, skip_special_tokens=True)
