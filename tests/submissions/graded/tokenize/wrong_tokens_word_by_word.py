# loses: tokens: splits on blanks first and tokenizes each word alone, so GPT-2 loses the marks of word starts (tokens of the text, spelled as in the vocabulary)
import torch


def tokens(tokenizer, text):
    result = []
    for word in text.split():
        result.extend(tokenizer.tokenize(word))
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
