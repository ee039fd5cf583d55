from collections import UserDict
from dataclasses import dataclass
from functools import cached_property

import torch

CACHE: dict = {}


@dataclass
class Text:
    tokenizer: object
    text: str

    @cached_property
    def encoding(self):
        return self.tokenizer(self.text, return_tensors="pt")

    @cached_property
    def bare(self):
        return self.tokenizer(self.text, add_special_tokens=False)["input_ids"]


def _of(tokenizer, text) -> Text:
    key = (id(tokenizer), text)
    if key not in CACHE or CACHE[key].tokenizer is not tokenizer:
        CACHE[key] = Text(tokenizer, text)
    return CACHE[key]


class Inputs(UserDict):
    pass


def tokens(tokenizer, text: str) -> list[str]:
    vocabulary = {number: piece for piece, number in tokenizer.get_vocab().items()}
    return [vocabulary[number] for number in _of(tokenizer, text).bare]


def token_ids(tokenizer, text: str) -> list[int]:
    return _of(tokenizer, text).encoding["input_ids"][0].tolist()


def tokens_with_special(tokenizer, text: str) -> list[str]:
    return tokenizer.convert_ids_to_tokens(_of(tokenizer, text).encoding["input_ids"][0])


def to_tensors(tokenizer, text: str) -> Inputs:
    return Inputs({k: v.clone() for k, v in _of(tokenizer, text).encoding.items()})


def decode(tokenizer, ids) -> str:
    special = torch.tensor(tokenizer.all_special_ids)
    ids = torch.as_tensor(ids, dtype=torch.long)
    return tokenizer.decode(ids[~torch.isin(ids, special)])
