# loses: decode: joins the tokens by blanks; GPT-2's 'Ġ' stays (`text`)
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
    pieces = tokenizer.convert_ids_to_tokens(ids, skip_special_tokens=True)
    return " ".join(pieces).replace(" ##", "")
