# loses: decode: replaces [CLS] and [SEP] by name, so other special tokens stay and blanks are left over (`text without special tokens`)
import torch


def tokens(tokenizer, text):
    return tokenizer.tokenize(text)


def token_ids(tokenizer, text):
    return tokenizer.encode(text)


def tokens_with_special(tokenizer, text):
    return tokenizer.convert_ids_to_tokens(token_ids(tokenizer, text))


def to_tensors(tokenizer, text):
    ids = torch.tensor([token_ids(tokenizer, text)])
    return {"input_ids": ids, "attention_mask": torch.ones_like(ids)}


def decode(tokenizer, ids):
    text = tokenizer.decode(ids)
    return text.replace("[CLS] ", "").replace(" [SEP]", "")
