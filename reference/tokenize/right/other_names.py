"""Other names for the parameters, `tokenizer.pad`, and one tensor call made into a list."""


def tokens(tok, sentence):
    pieces = tok.convert_ids_to_tokens(tok(sentence)["input_ids"])
    return [piece for piece in pieces if piece not in (tok.cls_token, tok.sep_token)]


def token_ids(tok, sentence):
    return tok(sentence, return_tensors="pt")["input_ids"].squeeze(0).tolist()


def tokens_with_special(tok, sentence):
    return [tok.convert_ids_to_tokens(i) for i in tok.encode(sentence)]


def to_tensors(tok, sentence):
    return tok.pad({"input_ids": [tok.encode(sentence)]}, return_tensors="pt")


def decode(tok, token_numbers):
    numbers = [int(number) for number in token_numbers]
    while numbers and numbers[-1] in (tok.pad_token_id, tok.sep_token_id):
        numbers.pop()
    return tok.decode([n for n in numbers if n not in (tok.cls_token_id, tok.sep_token_id)])
