"""Everything from the tokens: the ids are looked up, the special tokens are put around them."""

import torch


def tokens(tokenizer, text):
    return tokenizer.tokenize(text)


def tokens_with_special(tokenizer, text):
    around = tokenizer.convert_ids_to_tokens(tokenizer("")["input_ids"])
    half = len(around) // 2
    return around[:half] + tokens(tokenizer, text) + around[half:]


def token_ids(tokenizer, text):
    return tokenizer.convert_tokens_to_ids(tokens_with_special(tokenizer, text))


def to_tensors(tokenizer, text):
    ids = torch.tensor(token_ids(tokenizer, text), dtype=torch.long)[None]
    return {"input_ids": ids, "attention_mask": torch.ones_like(ids)}


def decode(tokenizer, ids):
    return tokenizer.decode(ids, skip_special_tokens=True)
