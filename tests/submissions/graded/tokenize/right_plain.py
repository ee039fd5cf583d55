def tokens(tokenizer, text):
    return tokenizer.tokenize(text)


def token_ids(tokenizer, text):
    return tokenizer(text)["input_ids"]


def tokens_with_special(tokenizer, text):
    return tokenizer.convert_ids_to_tokens(tokenizer(text)["input_ids"])


def to_tensors(tokenizer, text):
    return tokenizer(text, return_tensors="pt")


def decode(tokenizer, ids):
    return tokenizer.decode(ids, skip_special_tokens=True)
