"""What the functions of `tokenize` are tried on, what each check is worth, and known mistakes.

Every text is tried with a WordPiece that adds special tokens (BERT's) and with a byte-level BPE
that adds none (GPT-2's). Some things are left alone, because more than one answer is right:
special tokens typed into a text where a function leaves special tokens out; blanks at the ends of
a decoded text, and those that clean-up takes away; GPT-2's one special token in `decode`, for it
is the unknown token as well. `to_tensors` of an empty text has no column with GPT-2: left alone.
"""

from grader import fixture, same, task, tensor, tokenizer

BERT, GPT2 = tokenizer("bert"), tokenizer("gpt2")

TEXTS = {
    "a greeting": "Hello, how are you?",
    "a story": "Once upon a time",
    "one token": "a",
    "an empty text": "",
    "blanks alone": "   ",
    "blanks at the ends": "  two  blanks\nand a line \t",
    "long words": "Antidisestablishmentarianism is unbelievably long; tokenization copes.",
    "letters of the world": "Zoë ate jalapeño in a café in 東京, naïve façade",
    "an emoji": "I love \U0001f355 and \U0001f917!",
    "a long text": "The quick brown fox jumps over the lazy dog, again and again. " * 15,
    "a mask in the text": "The capital of France is [MASK].",
    "special tokens in the text": "One [SEP] two [UNK] three<|endoftext|>Once more",
}

WORDS = (
    "the quick Fox jumps over lazy dogs while Anna reads unbelievable stories about tokenization "
    "in Zürich and naïve waiters serve jalapeño pizza near the café of Reykjavík in 2024 or 1879 "
    "pneumonia electroencephalography Transformers PyTorch gradient attention São Paulo"
)
MARKS = [",", ".", "!", "?", ";", ":", "...", "'s"]
ODD = ["\U0001f642", "\U0001f680", "東京", "≠", "한국어", "𝔘", "ﬁn", "Ωmega"]


def some_text(rng):
    """Words, some with a mark after them, one odd piece among them, now and then two blanks."""
    words = rng.choices(WORDS.split(), k=rng.randint(3, 14))
    pieces = [word + rng.choice(MARKS) if rng.random() < 0.3 else word for word in words]
    pieces.insert(rng.randint(0, len(pieces)), rng.choice(ODD))
    return "".join(piece + rng.choice([" ", " ", " ", "  ", "\n"]) for piece in pieces).strip()


def plain_text(rng):
    """Words with single blanks: decoding gives them back whatever is done about spacing."""
    return " ".join(rng.choices(WORDS.split(), k=rng.randint(2, 12)))


def add_texts(function, made_with, public, hidden):
    """Cases of TEXTS, named in two lists with commas, and three random texts for a tokenizer."""
    label = made_with.arguments["name"]
    for names, shown in ((public, True), (hidden, False)):
        for name in names.split(", "):
            arguments = {"tokenizer": made_with, "text": TEXTS[name]}
            function.case(f"{label}: {name}", public=shown, **arguments)

    def random_texts(rng):
        return [{"tokenizer": made_with, "text": some_text(rng)} for _ in range(3)]

    random_texts.__name__ = f"{label}: random text"
    function.cases(random_texts)


COMMON = "an empty text, long words, letters of the world, a long text"
TYPED = "an emoji, a mask in the text, special tokens in the text"

# tokens

tokens = task("tokens", needs=("token_ids", "tokens_with_special"))
add_texts(tokens, BERT, "a greeting, an emoji", f"{COMMON}, blanks alone")
add_texts(tokens, GPT2, "a greeting", f"{COMMON}, an emoji, blanks at the ends")
tokens.check(
    "BERT's tokens, without special tokens",
    same(dims="token"),
    points=1,
    hint="Compare with the vocabulary: are `##`, capitals and `[UNK]` there, `[CLS]` and `[SEP]` "
    "not?",
    cases=("bert*",),
)
tokens.check(
    "GPT-2's tokens, without special tokens",
    same(dims="token"),
    points=1,
    hint="GPT-2 adds no special token, and a blank is part of the token after it, spelled `Ġ`.",
    cases=("gpt2*",),
)

TOKENS = "return tokenizer.tokenize(text)"
tokens.mistake(
    "You split the text at blanks. A tokenizer cuts words into pieces of its vocabulary: ask it.",
    TOKENS,
    "return text.split()",
)
tokens.mistake(
    "You leave special tokens out after encoding, and `[UNK]` goes with them. It belongs to the "
    "text's tokens: encode without special tokens instead.",
    TOKENS,
    "return tokenizer.convert_ids_to_tokens(tokenizer.encode(text), skip_special_tokens=True)",
)
tokens.mistake(
    "You cut off the first and the last token. GPT-2's tokenizer adds none there, so two of the "
    "text's own are lost.",
    TOKENS,
    "return tokenizer.convert_ids_to_tokens(tokenizer.encode(text))[1:-1]",
)
tokens.mistake(
    "The special tokens are still there: `tokens` is to give the text's own tokens alone.",
    TOKENS,
    "return tokenizer.tokenize(text, add_special_tokens=True)",
)
tokens.mistake(
    "You decode each id by itself. That gives text: GPT-2's `Ġ` turns into a blank, and half an "
    "emoji into `�`. Tokens are spelled as in the vocabulary.",
    TOKENS,
    "return [tokenizer.decode([i]) for i in tokenizer.encode(text, add_special_tokens=False)]",
)
tokens.mistake(
    "You take `##` and `Ġ` off. They are part of the token's spelling in the vocabulary: without "
    "them nobody can tell a piece from a word.",
    TOKENS,
    'return [t.replace("##", "").replace("Ġ", "") for t in tokenizer.tokenize(text)]',
)
tokens.mistake(
    "You put the text in lower case first. Both vocabularies tell capitals from small letters.",
    TOKENS,
    "return tokenizer.tokenize(text.lower())",
)
tokens.mistake(
    "You take the blanks off the ends of the text. To GPT-2 they are tokens.",
    TOKENS,
    "return tokenizer.tokenize(text.strip())",
)
tokens.mistake(
    "You tokenize word by word. GPT-2's tokens hold the blank before a word, so give it the text "
    "as a whole.",
    TOKENS,
    "return [token for word in text.split() for token in tokenizer.tokenize(word)]",
)

# token_ids

token_ids = task("token_ids", needs=("tokens", "tokens_with_special", "to_tensors"))
add_texts(token_ids, BERT, "a greeting", f"{COMMON}, {TYPED}")
add_texts(token_ids, GPT2, "a story", f"{COMMON}, {TYPED}, blanks at the ends")
token_ids.check(
    "BERT's ids, with special tokens",
    same(dims="token"),
    points=1,
    hint="A flat list of whole numbers that starts with 101 and ends with 102.",
    cases=("bert*",),
)
token_ids.check(
    "GPT-2's ids, to which no special token is added",
    same(dims="token"),
    points=1,
    hint="Which special tokens are added is the tokenizer's affair: let it add them.",
    cases=("gpt2*",),
)

IDS = "return tokenizer.encode(text)"
token_ids.mistake(
    "The special tokens are missing: you look up the text's own tokens alone.",
    IDS,
    "return tokenizer.convert_tokens_to_ids(tokenizer.tokenize(text))",
)
token_ids.mistake(
    "You write 101 and 102 around the ids. Those are BERT's: GPT-2 adds no special token, and "
    "there the numbers mean something else.",
    IDS,
    "return [101] + tokenizer.encode(text, add_special_tokens=False) + [102]",
)
token_ids.mistake(
    "You put the ids of `[CLS]` and `[SEP]` around the list by hand. GPT-2's tokenizer has "
    "neither, so `None` is in the list.",
    source="""
    def token_ids(tokenizer, text):
        ids = tokenizer.encode(text, add_special_tokens=False)
        return [tokenizer.cls_token_id] + ids + [tokenizer.sep_token_id]
    """,
)
token_ids.mistake(
    "You return a list of lists: a batch of one. A flat list of ids is wanted.",
    IDS,
    'return tokenizer([text])["input_ids"]',
)
token_ids.mistake(
    "You return a tensor. This function is to give a plain list; `to_tensors` makes tensors.",
    IDS,
    'return tokenizer.encode(text, return_tensors="pt")[0]',
)
token_ids.mistake(
    "You return all that the tokenizer gives: a mapping. The ids are under one of its keys.",
    IDS,
    "return tokenizer(text)",
)
token_ids.mistake(
    "Your ids are cut off. The tokenizer's own maximum is long enough: set no shorter one.",
    IDS,
    "return tokenizer.encode(text, truncation=True, max_length=64)",
)
token_ids.mistake(
    "The special tokens are there twice: you type them into the text, and the tokenizer adds "
    "its own.",
    IDS,
    'return tokenizer.encode(f"[CLS] {text} [SEP]")',
)

# tokens_with_special

tokens_with_special = task("tokens_with_special", needs=("tokens", "token_ids"))
add_texts(tokens_with_special, BERT, "a greeting", f"{COMMON}, {TYPED}")
add_texts(tokens_with_special, GPT2, "a story", f"{COMMON}, {TYPED}, blanks at the ends")
tokens_with_special.check(
    "BERT's tokens, with special tokens",
    same(dims="token"),
    points=1,
    hint="One string for each id, `[CLS]` first and `[SEP]` last.",
    cases=("bert*",),
)
tokens_with_special.check(
    "GPT-2's tokens, to which no special token is added",
    same(dims="token"),
    points=1,
    hint="Turn the ids into tokens; write no special token down yourself.",
    cases=("gpt2*",),
)

WITH_SPECIAL = 'return tokenizer.convert_ids_to_tokens(tokenizer(text)["input_ids"])'
tokens_with_special.mistake(
    "The special tokens are missing: this is what `tokens` gives.",
    WITH_SPECIAL,
    "return tokenizer.tokenize(text, add_special_tokens=False)",
)
tokens_with_special.mistake(
    "You write `[CLS]` and `[SEP]` around the tokens. Those are BERT's: GPT-2 adds nothing.",
    WITH_SPECIAL,
    'return ["[CLS]"] + tokenizer.tokenize(text) + ["[SEP]"]',
)
tokens_with_special.mistake(
    "You put the tokenizer's `[CLS]` and `[SEP]` around the tokens by hand. GPT-2's tokenizer has "
    "neither, so `None` is in the list.",
    source="""
    def tokens_with_special(tokenizer, text):
        return [tokenizer.cls_token] + tokenizer.tokenize(text) + [tokenizer.sep_token]
    """,
)
tokens_with_special.mistake(
    "You decode each id by itself. That gives text, where GPT-2's `Ġ` is a blank. Tokens are "
    "spelled as in the vocabulary.",
    WITH_SPECIAL,
    'return [tokenizer.decode([i]) for i in tokenizer(text)["input_ids"]]',
)
tokens_with_special.mistake(
    "You turn the ids into tokens and leave the special ones out again: just these are wanted "
    "too, and `[UNK]` with them.",
    WITH_SPECIAL,
    "return tokenizer.convert_ids_to_tokens(tokenizer.encode(text), skip_special_tokens=True)",
)
tokens_with_special.mistake(
    "You type `[CLS]` and `[SEP]` into the text. To GPT-2 they are letters like others.",
    WITH_SPECIAL,
    'return tokenizer.tokenize(f"[CLS] {text} [SEP]")',
)
tokens_with_special.mistake(
    "You split the decoded text at blanks. That gives words, not tokens.",
    WITH_SPECIAL,
    'return tokenizer.decode(tokenizer(text)["input_ids"]).split()',
)

# to_tensors

to_tensors = task("to_tensors", needs=("tokens", "token_ids", "tokens_with_special"))
add_texts(to_tensors, BERT, "a greeting", f"{COMMON}, {TYPED}, one token")
add_texts(to_tensors, GPT2, "a story", f"{TYPED}, one token, a long text")
to_tensors.check(
    "the ids are a batch of one",
    same("input_ids", dims="batch sequence", dtype="exact"),
    points=1,
    hint="A LongTensor of shape (1, sequence), with the ids that `token_ids` gives.",
)
to_tensors.check(
    "the mask is 1 for every token",
    same("attention_mask", dims="batch sequence", dtype="exact"),
    points=1,
    hint="A LongTensor of the ids' shape. Nothing is padding in a batch of one text.",
    given="the ids are a batch of one",
)

TENSORS = 'return tokenizer(text, return_tensors="pt")'
to_tensors.mistake(
    "Your tensors have one axis. A model takes a batch: (1, sequence).",
    source="""
    def to_tensors(tokenizer, text):
        encoded = tokenizer(text, return_tensors="pt")
        return {name: value.squeeze(0) for name, value in encoded.items()}
    """,
)
to_tensors.mistake(
    "Your tensors lose every axis of length 1: a text of one token becomes a single number.",
    source="""
    def to_tensors(tokenizer, text):
        ids = tokenizer(text, return_tensors="pt")["input_ids"].squeeze()
        ids = ids.unsqueeze(0)
        return {"input_ids": ids, "attention_mask": torch.ones_like(ids)}
    """,
)
to_tensors.mistake(
    "You return lists. A model takes tensors: there is an argument that asks for them.",
    TENSORS,
    "return tokenizer([text])",
)
to_tensors.mistake(
    "The attention mask is missing. A batch has `input_ids` and `attention_mask`.",
    TENSORS,
    'return {"input_ids": tokenizer.encode(text, return_tensors="pt")}',
)
to_tensors.mistake(
    "Your mask says `ids != pad_token_id`. GPT-2's pad token is its end token, and a text may "
    "hold that one.",
    source="""
    def to_tensors(tokenizer, text):
        ids = tokenizer.encode(text, return_tensors="pt")
        return {"input_ids": ids, "attention_mask": (ids != tokenizer.pad_token_id).long()}
    """,
)
to_tensors.mistake(
    "The special tokens are missing: the ids are to be those of `token_ids`.",
    TENSORS,
    'return tokenizer(text, add_special_tokens=False, return_tensors="pt")',
)
to_tensors.mistake(
    "Your tensors are padded to the tokenizer's maximum length. One text needs no padding.",
    TENSORS,
    'return tokenizer(text, padding="max_length", truncation=True, return_tensors="pt")',
)
to_tensors.mistake(
    "Your ids are cut off. The tokenizer's own maximum is long enough: set no shorter one.",
    TENSORS,
    'return tokenizer(text, truncation=True, max_length=64, return_tensors="pt")',
)
to_tensors.mistake(
    "Your mask is not made of whole numbers. A LongTensor is wanted, as the tokenizer gives.",
    source="""
    def to_tensors(tokenizer, text):
        ids = tokenizer.encode(text, return_tensors="pt")
        return {"input_ids": ids, "attention_mask": torch.ones(ids.shape)}
    """,
)
to_tensors.mistake(
    "Your mask is 0 at special tokens. The model is to see them: only padding gets 0.",
    source="""
    def to_tensors(tokenizer, text):
        encoded = tokenizer(text, return_tensors="pt", return_special_tokens_mask=True)
        real = 1 - encoded["special_tokens_mask"]
        return {"input_ids": encoded["input_ids"], "attention_mask": real}
    """,
)

# decode

decode = task("decode")
HELLO_IDS = [101, 8667, 1293, 1132, 1128, 102]
decode.case("list: a greeting", public=True, tokenizer=BERT, ids=HELLO_IDS)
decode.case("list: a story of GPT-2's", public=True, tokenizer=GPT2, ids=[7454, 2402, 257, 640])
decode.case(
    "tensor: a greeting",
    public=True,
    tokenizer=BERT,
    ids=tensor(values=HELLO_IDS, dtype="int64"),
)


def case_of(name, made_with, text, **arguments):
    """A case whose ids are those of a text."""
    form = name.split(":")[0]
    ids = fixture("encoded", tokenizer=made_with, text=text, form=form, **arguments)
    decode.case(name, tokenizer=made_with, ids=ids)


WORLDLY = "Zoë ate jalapeño and café façade"
case_of("list: words of several pieces", BERT, "unbelievable tokenization copes")
case_of("list: letters of the world", BERT, WORLDLY)
case_of("list: padding", BERT, "A short row", padding=4)
case_of("list: nothing but special tokens", BERT, "")
case_of("list: an emoji of GPT-2's", GPT2, TEXTS["an emoji"])
case_of("list: letters of the world of GPT-2's", GPT2, TEXTS["letters of the world"])
case_of("list: marks of GPT-2's", GPT2, "Well, that's it! Isn't it?")
case_of("tensor: padding", BERT, "A short row in a tensor", padding=3)
case_of("tensor: one word", BERT, "Hi")
case_of("tensor: nothing but special tokens", BERT, "", padding=2)
case_of("tensor: letters of the world", BERT, WORLDLY)
case_of("tensor: an emoji of GPT-2's", GPT2, TEXTS["an emoji"])
case_of("tensor: one token of GPT-2's", GPT2, "a")
decode.case("list: a pair of texts", tokenizer=BERT, ids=[101, 8667, 1293, 102, 1132, 1128, 102, 0])
decode.case("list: no special tokens", tokenizer=BERT, ids=[8667, 1293, 1132, 1128])


def drawn(rng, form):
    """Two rows of BERT's ids with padding, one row of GPT-2's."""
    for made_with, most in ((BERT, 3), (BERT, 3), (GPT2, 0)):
        ids = fixture(
            "encoded",
            tokenizer=made_with,
            text=plain_text(rng),
            padding=rng.randint(0, most),
            form=form,
        )
        yield {"tokenizer": made_with, "ids": ids}


@decode.cases
def list_random(rng):
    return drawn(rng, "list")


@decode.cases
def tensor_random(rng):
    return drawn(rng, "tensor")


decode.check(
    "the text of a list of ids",
    same(),
    points=1,
    hint="The words with their blanks, and no special token, padding included.",
    cases=("list*",),
)
decode.check(
    "the text of a 1-D tensor of ids",
    same(),
    points=1,
    hint="The same text as for a list of the same ids. If a list works and a tensor does not, "
    "turn the tensor into a list first.",
    cases=("tensor*",),
)

DECODED = "return tokenizer.decode(ids, skip_special_tokens=True)"
decode.mistake(
    "The special tokens are still in the text: `decode` has an argument that leaves them out.",
    DECODED,
    "return tokenizer.decode(ids)",
)
decode.mistake(
    "You cut off the first and the last id. A padded row has more special tokens than two, and "
    "GPT-2's rows have none.",
    DECODED,
    "return tokenizer.decode(ids[1:-1])",
)
decode.mistake(
    "You look a tensor's elements up in a set. They are tensors, and no tensor is found in a set "
    "of numbers: turn the ids into a list first.",
    source="""
    def decode(tokenizer, ids):
        special = set(tokenizer.all_special_ids)
        return tokenizer.decode([i for i in ids if i not in special])
    """,
)
decode.mistake(
    "You join the tokens with blanks. Pieces of one word belong together, and the vocabulary's "
    "spelling (`##`, `Ġ`) is not text.",
    DECODED,
    'return " ".join(tokenizer.convert_ids_to_tokens(ids, skip_special_tokens=True))',
)
decode.mistake(
    "You mend `##` by hand. That is BERT's spelling: GPT-2's tokens are made of bytes.",
    source="""
    def decode(tokenizer, ids):
        pieces = tokenizer.convert_ids_to_tokens(ids, skip_special_tokens=True)
        return " ".join(pieces).replace(" ##", "")
    """,
)
decode.mistake(
    "You decode each id by itself. An emoji has several of GPT-2's tokens, and none of them is "
    "text alone; BERT's words lose their blanks.",
    DECODED,
    'return "".join(tokenizer.decode([int(i)], skip_special_tokens=True) for i in ids)',
)
decode.mistake(
    "You take out `[CLS]` and `[SEP]` by name. Padding stays, and so do blanks.",
    DECODED,
    'return tokenizer.decode(ids).replace("[CLS]", "").replace("[SEP]", "")',
)
decode.mistake(
    "You return a list with the text in it. The text itself is wanted.",
    DECODED,
    "return [tokenizer.decode(ids, skip_special_tokens=True)]",
)
decode.mistake(
    "You call `.tolist()` on the ids. They may be a list already, and a list has no such method.",
    DECODED,
    "return tokenizer.decode(ids.tolist(), skip_special_tokens=True)",
)
decode.mistake(
    "You leave out ids up to 103 as BERT's special tokens. In GPT-2's vocabulary those are "
    "letters and marks.",
    DECODED,
    "return tokenizer.decode([int(i) for i in ids if i > 103])",
)
