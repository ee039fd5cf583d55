"""Step by step, in loops, with the special tokens put in and taken out by hand."""

import torch
from torch import LongTensor


def tokens(tokenizer, text: str) -> list[str]:
    encoding = tokenizer(text, return_special_tokens_mask=True)
    result = []
    for token_id, added in zip(encoding["input_ids"], encoding["special_tokens_mask"], strict=True):
        if not added:
            result.append(tokenizer.convert_ids_to_tokens(token_id))
    return result


def token_ids(tokenizer, text: str) -> list[int]:
    ids = []
    for token in tokenizer.tokenize(text):
        ids.append(tokenizer.convert_tokens_to_ids(token))
    if tokenizer.cls_token is not None:
        ids.insert(0, tokenizer.cls_token_id)
    if tokenizer.sep_token is not None:
        ids.append(tokenizer.sep_token_id)
    return ids


def tokens_with_special(tokenizer, text: str) -> list[str]:
    start = [] if tokenizer.cls_token is None else [tokenizer.cls_token]
    end = [] if tokenizer.sep_token is None else [tokenizer.sep_token]
    return start + tokenizer.tokenize(text) + end


def to_tensors(tokenizer, text: str) -> dict[str, LongTensor]:
    ids = token_ids(tokenizer, text)
    batch = {}
    batch["input_ids"] = LongTensor([ids])
    batch["attention_mask"] = torch.ones(1, len(ids), dtype=torch.long)
    return batch


def decode(tokenizer, ids) -> str:
    kept = []
    for token_id in ids:
        token_id = int(token_id)
        if token_id not in tokenizer.all_special_ids:
            kept.append(tokenizer.convert_ids_to_tokens(token_id))
    return tokenizer.convert_tokens_to_string(kept)
