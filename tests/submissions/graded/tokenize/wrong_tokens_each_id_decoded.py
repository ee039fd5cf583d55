# loses: tokens: each id is decoded by itself, so GPT-2 gives ' upon' for 'Ġupon' (tokens are spelled as in the vocabulary)
import torch


def tokens(tokenizer, text):
    result = []
    for i in tokenizer(text, add_special_tokens=False).input_ids:
        result.append(tokenizer.decode([i]))
    return result


def token_ids(tokenizer, text):
    return tokenizer.encode(text)


def tokens_with_special(tokenizer, text):
    return tokenizer.convert_ids_to_tokens(token_ids(tokenizer, text))


def to_tensors(tokenizer, text):
    ids = torch.tensor([token_ids(tokenizer, text)])
    return {"input_ids": ids, "attention_mask": torch.ones_like(ids)}


def decode(tokenizer, ids):
    return tokenizer.decode(ids, skip_special_tokens=True)
