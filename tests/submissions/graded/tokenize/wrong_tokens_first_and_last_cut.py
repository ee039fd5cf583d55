# loses: tokens: cuts first and last whatever they are; a tokenizer without special tokens loses two of its own (`no special tokens`)
import torch


def tokens(tokenizer, text):
    ids = tokenizer(text)["input_ids"]
    return tokenizer.convert_ids_to_tokens(ids)[1:-1]


def token_ids(tokenizer, text):
    return tokenizer.encode(text)


def tokens_with_special(tokenizer, text):
    return tokenizer.convert_ids_to_tokens(token_ids(tokenizer, text))


def to_tensors(tokenizer, text):
    ids = torch.tensor([token_ids(tokenizer, text)])
    return {"input_ids": ids, "attention_mask": torch.ones_like(ids)}


def decode(tokenizer, ids):
    return tokenizer.decode(ids, skip_special_tokens=True)
