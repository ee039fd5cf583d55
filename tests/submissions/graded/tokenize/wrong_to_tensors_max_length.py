# loses: to_tensors: pads to the maximum length (shape `(1, sequence)`, the sequence of the text)
import torch


def tokens(tokenizer, text):
    return tokenizer.tokenize(text)


def token_ids(tokenizer, text):
    return tokenizer.encode(text)


def tokens_with_special(tokenizer, text):
    return tokenizer.convert_ids_to_tokens(token_ids(tokenizer, text))


def to_tensors(tokenizer, text):
    return tokenizer(text, padding="max_length", max_length=64, truncation=True, return_tensors="pt")


def decode(tokenizer, ids):
    return tokenizer.decode(ids, skip_special_tokens=True)
