# loses: tokens: tokens that occur twice are dropped (`tokens` is the list of the text's tokens)
import torch


def tokens(tokenizer, text):
    result = []
    for token in tokenizer.tokenize(text):
        if token not in result:
            result.append(token)
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
