"""Tokenize: from a text to tokens, ids and tensors, and back again.

A model reads numbers. A tokenizer cuts a text into pieces of its vocabulary (tokens), looks up
the number of each (ids), and adds the special tokens that its model was trained with. Which
pieces, and which special tokens, differs from tokenizer to tokenizer: BERT's is a WordPiece that
puts `[CLS]` and `[SEP]` around a text, GPT-2's is a byte-level BPE that adds nothing. Each
function below must be right for both, so ask the tokenizer and write down no token of your own.
"""

import torch
from transformers import BatchEncoding, PreTrainedTokenizerBase


def tokens(tokenizer: PreTrainedTokenizerBase, text: str) -> list[str]:
    """The tokens of `text`, spelled as in the vocabulary, without special tokens.

    With BERT's tokenizer `"Hello, how are you?"` gives
    `["Hello", ",", "how", "are", "you", "?"]`; with GPT-2's the third is `"Ġhow"`: there the
    blank before a word is part of the token, and the vocabulary spells it `Ġ`.

    What the vocabulary cannot spell becomes `[UNK]` with BERT. That is a token of the text, so
    it stays.

    Hints:
    1. Type `tokenizer.` and look for a method whose name is what this function does.
    2. Print what it gives for a long word and for an emoji, with both tokenizers.
    3. If you start from ids instead, look for an argument that leaves special tokens out when
       the text is encoded. Leaving them out afterwards takes `[UNK]` away too.
    """
    raise NotImplementedError("tokens is not written yet")


def token_ids(tokenizer: PreTrainedTokenizerBase, text: str) -> list[int]:
    """The ids of `text` as a flat list, with the special tokens that the tokenizer adds.

    With BERT's tokenizer `"Hello, how are you?"` gives
    `[101, 8667, 117, 1293, 1132, 1128, 136, 102]`: 101 is `[CLS]`, 102 is `[SEP]`. GPT-2's adds
    no special token, so there the list has just the ids of the tokens.

    Hints:
    1. Call the tokenizer like a function, on one text, and print what comes back.
    2. It is a mapping. Under which key are the ids?
    3. Look at the brackets: one list of numbers is wanted, not a list of lists, no tensor.
    """
    raise NotImplementedError("token_ids is not written yet")


def tokens_with_special(tokenizer: PreTrainedTokenizerBase, text: str) -> list[str]:
    """The tokens of `text` with the special tokens: one string for each id of `token_ids`.

    With BERT's tokenizer `"Hello, how are you?"` gives
    `["[CLS]", "Hello", ",", "how", "are", "you", "?", "[SEP]"]`. With GPT-2's the list is the
    same as that of `tokens`.

    Hints:
    1. The ids already have the special tokens in them.
    2. The tokenizer has a method that turns ids into tokens. It takes a whole list.
    3. Decoding is something else: it gives text, and loses `##` and `Ġ`.
    """
    raise NotImplementedError("tokens_with_special is not written yet")


def to_tensors(tokenizer: PreTrainedTokenizerBase, text: str) -> BatchEncoding:
    """`text` as a batch of one that a model takes: `model(**to_tensors(tokenizer, text))`.

    A mapping with `input_ids` and `attention_mask`, both `LongTensor (1, sequence)`. The ids are
    those of `token_ids`. The mask is 1 for every one of them: nothing is padding here.

    Hints:
    1. The tokenizer makes tensors by itself when it is asked to. Read what its call takes.
    2. Print the shapes. Where does the leading 1 come from?
    3. If you make the tensors by hand: a model wants a batch, and ids are whole numbers.
    """
    raise NotImplementedError("to_tensors is not written yet")


def decode(tokenizer: PreTrainedTokenizerBase, ids: list[int] | torch.Tensor) -> str:
    """The text that `ids` stand for, without special tokens.

    `ids` is a list or a 1-D tensor. With BERT's tokenizer `[101, 8667, 1293, 1132, 1128, 102]`
    gives `"Hello how are you"`. Padding is made of special tokens, so it goes as well.

    Hints:
    1. The tokenizer has a method of this name. What does it give for the ids above?
    2. Read its arguments: one is about special tokens.
    3. Try a list and a tensor of the same ids. If you sort ids out by hand, mind that a tensor's
       elements are tensors: Python's `in` does not find them in a set.
    """
    raise NotImplementedError("decode is not written yet")
