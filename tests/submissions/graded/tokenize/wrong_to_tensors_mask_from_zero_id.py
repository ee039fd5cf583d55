# loses: to_tensors: id 0 is '!' for GPT-2, and is masked as if it were padding (attention_mask of real tokens)
import torch


def tokens(tokenizer, text):
    return tokenizer.tokenize(text)


def token_ids(tokenizer, text):
    return tokenizer.encode(text)


def tokens_with_special(tokenizer, text):
    return tokenizer.convert_ids_to_tokens(token_ids(tokenizer, text))


def to_tensors(tokenizer, text):
    ids = torch.tensor([token_ids(tokenizer, text)])
    return {"input_ids": ids, "attention_mask": (ids != 0).long()}


def decode(tokenizer, ids):
    return tokenizer.decode(ids, skip_special_tokens=True)
