# loses: to_tensors: shape (sequence,) and not `(1, sequence)`
import torch


def tokens(tokenizer, text):
    return tokenizer.tokenize(text)


def token_ids(tokenizer, text):
    return tokenizer.encode(text)


def tokens_with_special(tokenizer, text):
    return tokenizer.convert_ids_to_tokens(token_ids(tokenizer, text))


def to_tensors(tokenizer, text):
    batch = tokenizer(text)
    return {k: torch.tensor(v) for k, v in batch.items()}


def decode(tokenizer, ids):
    return tokenizer.decode(ids, skip_special_tokens=True)
