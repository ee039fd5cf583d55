"""A small class keeps the tokenizer; the graded functions only call it."""

from dataclasses import dataclass
from functools import cached_property

from transformers import DataCollatorWithPadding, PreTrainedTokenizerBase


@dataclass
class Text:
    tokenizer: PreTrainedTokenizerBase
    text: str

    @cached_property
    def encoding(self):
        return self.tokenizer(
            self.text, return_special_tokens_mask=True, return_token_type_ids=True
        )

    def __iter__(self):
        spelled = self.tokenizer.convert_ids_to_tokens(self.encoding["input_ids"])
        yield from zip(spelled, self.encoding["special_tokens_mask"], strict=True)


def tokens(tokenizer, text):
    return [token for token, added in Text(tokenizer, text) if not added]


def token_ids(tokenizer, text):
    return Text(tokenizer, text).encoding["input_ids"]


def tokens_with_special(tokenizer, text):
    return [token for token, _ in Text(tokenizer, text)]


def to_tensors(tokenizer, text):
    features = Text(tokenizer, text).encoding
    features.pop("special_tokens_mask")
    return DataCollatorWithPadding(tokenizer)([features])


def decode(tokenizer, ids):
    pieces = tokenizer.convert_ids_to_tokens(ids)
    for special in {tokenizer.cls_token, tokenizer.sep_token, tokenizer.pad_token} - {None}:
        pieces = [piece for piece in pieces if piece != special]
    return tokenizer.convert_tokens_to_string(pieces)
