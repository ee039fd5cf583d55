"""Everything by calling the tokenizer like a function; a batch of one where that is easier."""


def tokens(tokenizer, text):
    return tokenizer(text, add_special_tokens=False).tokens()


def token_ids(tokenizer, text):
    return tokenizer([text])["input_ids"][0]


def tokens_with_special(tokenizer, text):
    return tokenizer(text).tokens()


def to_tensors(tokenizer, text):
    return tokenizer([text], padding=True, truncation=True, return_tensors="pt")


def decode(tokenizer, ids):
    return tokenizer.batch_decode([ids], skip_special_tokens=True)[0]
