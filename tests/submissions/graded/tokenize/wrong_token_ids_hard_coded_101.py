# loses: token_ids: 101 and 102 are BERT's only (`with special tokens`, those of the tokenizer)
import torch


def tokens(tokenizer, text):
    return tokenizer.tokenize(text)


def token_ids(tokenizer, text):
    ids = tokenizer.convert_tokens_to_ids(tokenizer.tokenize(text))
    return [101] + ids + [102]


def tokens_with_special(tokenizer, text):
    return tokenizer.convert_ids_to_tokens(token_ids(tokenizer, text))


def to_tensors(tokenizer, text):
    ids = torch.tensor([token_ids(tokenizer, text)])
    return {"input_ids": ids, "attention_mask": torch.ones_like(ids)}


def decode(tokenizer, ids):
    return tokenizer.decode(ids, skip_special_tokens=True)
