"""What the functions of `pad_batch` are tried on, what each check is worth, and known mistakes.

Left alone, because the course text leaves it open: extra keys of a batch, which mapping it is, a
batch of no rows or of empty rows alone (a rectangle without columns).
"""

from grader import batch, raises, same, task, tokenizer

BERT, GPT2 = tokenizer("bert"), tokenizer("gpt2")
IDS = same("input_ids", dims="batch sequence", dtype="exact")
MASK = same("attention_mask", dims="batch sequence", dtype="exact")

# pad_texts

TWO = ["Hello, how are you?", "Fine."]
DOCUMENTS = ["One.<|endoftext|>Two.", "And a third, rather longer than the others."]
LONG = ["word after word " * 60, "short", ""]
WORDS = "the quick Fox jumps over unbelievable dogs, naïve café 東京 \U0001f642 tokenization !"

pad_texts = task("pad_texts", needs=("pad_ids",))
pad_texts.case("bert: two texts", public=True, tokenizer=BERT, texts=TWO)
pad_texts.case("gpt2: two texts", public=True, tokenizer=GPT2, texts=TWO)
pad_texts.case("bert: one text", tokenizer=BERT, texts=["Alone in the batch"])
pad_texts.case("bert: an empty text", tokenizer=BERT, texts=["", "not empty", "nor this one"])
pad_texts.case("bert: the same length", tokenizer=BERT, texts=["a b c", "d e f", "g h i"])
pad_texts.case("bert: the first is not the longest", tokenizer=BERT, texts=["I", "You and I", "We"])
pad_texts.case("bert: long texts", tokenizer=BERT, texts=LONG)
pad_texts.case("bert: special tokens in a text", tokenizer=BERT, texts=["Paris is [MASK].", "No"])
pad_texts.case("gpt2: one token", tokenizer=GPT2, texts=["a"])
pad_texts.case("gpt2: an end token in a text", tokenizer=GPT2, texts=DOCUMENTS)
pad_texts.case("gpt2: blanks and lines", tokenizer=GPT2, texts=["  two\n", "\U0001f642 \U0001f680"])
pad_texts.case("gpt2: long texts", tokenizer=GPT2, texts=LONG[:2])


@pad_texts.cases
def random_texts(rng):
    for made_with in (BERT, BERT, GPT2, GPT2):
        sizes = [rng.randint(1, 12) for _ in range(rng.randint(1, 5))]
        texts = [" ".join(rng.choices(WORDS.split(), k=size)) for size in sizes]
        yield {"tokenizer": made_with, "texts": texts}


pad_texts.check(
    "the ids are padded to the longest text",
    IDS,
    points=2,
    hint="One LongTensor (batch, sequence), as wide as the longest text of this very batch, "
    "filled up with the tokenizer's own pad token.",
)
pad_texts.check(
    "the mask tells real tokens from padding",
    MASK,
    points=1,
    hint="A LongTensor of the ids' shape: 1 for every token of a text, special ones included.",
)

PADDED = 'return tokenizer(texts, padding=True, return_tensors="pt")'
pad_texts.mistake(
    "You pad to the tokenizer's maximum length. The batch is to be as wide as its longest text.",
    PADDED,
    'return tokenizer(texts, padding="max_length", truncation=True, return_tensors="pt")',
)
pad_texts.mistake(
    "You return lists. A model takes tensors: there is an argument that asks for them.",
    PADDED,
    "return tokenizer(texts, padding=True)",
)
pad_texts.mistake(
    "You do not ask for padding, so rows of different lengths cannot become one tensor.",
    PADDED,
    'return tokenizer(texts, return_tensors="pt")',
)
pad_texts.mistake(
    "You cut the texts. The batch is to be as wide as its longest text, however long it is.",
    PADDED,
    'return tokenizer(texts, padding=True, truncation=True, max_length=64, return_tensors="pt")',
)
pad_texts.mistake(
    "Your mask says `ids != pad_token_id`. GPT-2's pad token is its end token, and a text may "
    "hold that one.",
    PADDED,
    """ids = tokenizer(texts, padding=True, return_tensors="pt")["input_ids"]
    return {"input_ids": ids, "attention_mask": (ids != tokenizer.pad_token_id).long()}""",
)
pad_texts.mistake(
    "You fill up with 0. That is BERT's pad id; ask the tokenizer for its own.",
    PADDED,
    'return pad_ids(tokenizer(texts)["input_ids"], 0)',
)
pad_texts.mistake(
    "Your mask is 1 everywhere: the model then reads the padding as text.",
    PADDED,
    """ids = tokenizer(texts, padding=True, return_tensors="pt")["input_ids"]
    return {"input_ids": ids, "attention_mask": torch.ones_like(ids)}""",
)
pad_texts.mistake(
    "You pad on the left. The tokenizer that you are given pads on the right: leave it so.",
    PADDED,
    'return tokenizer(texts, padding=True, padding_side="left", return_tensors="pt")',
)
pad_texts.mistake(
    "You leave out the special tokens. A padded batch has them as a single text has.",
    PADDED,
    'return tokenizer(texts, padding=True, add_special_tokens=False, return_tensors="pt")',
)
pad_texts.mistake(
    "You pad to the next multiple of 8. That is wider than the longest text.",
    PADDED,
    'return tokenizer(texts, padding=True, pad_to_multiple_of=8, return_tensors="pt")',
)
pad_texts.mistake(
    "You squeeze the tensors, and a batch of one loses its first axis.",
    PADDED,
    """padded = tokenizer(texts, padding=True, return_tensors="pt")
    return {name: value.squeeze() for name, value in padded.items()}""",
)

# pad_ids

ROWS = [[5, 6, 7], [8], [9, 3]]

pad_ids = task("pad_ids")
pad_ids.case("two rows", public=True, sequences=[[5, 6, 7], [8]], pad_id=0)
pad_ids.case("on the left", public=True, sequences=ROWS, pad_id=0, side="left")
pad_ids.case("an unknown side", public=True, sequences=ROWS, pad_id=0, side="middle")
pad_ids.case("the right side by name", sequences=[[1], [2, 3]], pad_id=4, side="right")
pad_ids.case("the pad id is also a token", sequences=[[9, 9], [9, 1, 2], [1, 9]], pad_id=9)
pad_ids.case(
    "the pad id is also a token, on the left",
    sequences=[[9, 1], [9], [7, 9, 9]],
    pad_id=9,
    side="left",
)
pad_ids.case("a row of pad ids alone", sequences=[[0, 0], [4, 0, 4]], pad_id=0)
pad_ids.case("one row", sequences=[[4, 5]], pad_id=1)
pad_ids.case("one token", sequences=[[6]], pad_id=6, side="left")
pad_ids.case("nothing to pad", sequences=[[1, 2], [3, 4], [5, 6]], pad_id=0, side="left")
pad_ids.case("an empty row", sequences=[[5, 6], [], [7]], pad_id=2)
pad_ids.case("an empty row on the left", sequences=[[5, 6], [], [7]], pad_id=2, side="left")
pad_ids.case("GPT-2's end token", sequences=[[7454, 50256], [2402, 257, 640]], pad_id=50256)
pad_ids.case("more rows than columns", sequences=[[3], [1, 2], [4], [5], [6, 7]], pad_id=8)
pad_ids.case("an unknown side, nothing to pad", sequences=[[1, 2]], pad_id=0, side="up")
pad_ids.case("a side in capitals", sequences=ROWS, pad_id=0, side="Left")
pad_ids.case("a side without a name", sequences=ROWS, pad_id=0, side="")


@pad_ids.cases
def random_rows(rng):
    for side in ("right", "left") * 3:
        rows = [rng.choices(range(12), k=rng.randint(1, 9)) for _ in range(rng.randint(1, 6))]
        yield {"sequences": rows, "pad_id": rng.randrange(12), "side": side}


pad_ids.check(
    "rows are padded on the asked side",
    IDS,
    points=2,
    hint="One LongTensor (batch, sequence), as wide as the longest row. Draw two rows of "
    "different lengths for either side.",
)
pad_ids.check(
    "the mask marks the real tokens",
    MASK,
    points=2,
    hint="A LongTensor of the ids' shape, made from the lengths of the rows: 1 where a real token "
    "stands, whatever its id.",
)
pad_ids.check(
    "an unknown side is refused",
    raises("ValueError"),
    points=1,
    hint="Anything but exactly `right` or `left` raises ValueError, before any padding is done.",
)

START = 'start = 0 if side == "right" else longest - len(sequence)'
WIDTH = "longest = max(len(sequence) for sequence in sequences)"
REFUSED = """if side not in ("right", "left"):
        raise ValueError(f"side is 'right' or 'left', not {side!r}")"""
RETURNED = 'return {"input_ids": input_ids, "attention_mask": attention_mask}'
pad_ids.mistake(
    "Your mask says `ids != pad_id`: a real token may have that id too.",
    RETURNED,
    'return {"input_ids": input_ids, "attention_mask": (input_ids != pad_id).long()}',
)
pad_ids.mistake(
    "You always pad on the right: `side` has no effect.",
    START,
    "start = 0",
)
pad_ids.mistake(
    "Your sides are swapped: `right` means that the padding is on the right.",
    START,
    'start = 0 if side == "left" else longest - len(sequence)',
)
pad_ids.mistake(
    "Your mask stays on the left edge when the ids move to the right one.",
    "attention_mask[row, real] = 1",
    "attention_mask[row, : len(sequence)] = 1",
)
pad_ids.mistake(
    "You take every side but `right` for `left`. Anything else is to raise ValueError.",
    REFUSED,
    "",
)
pad_ids.mistake(
    "You look at `side` only where a row needs padding. A wrong side is to be refused always.",
    source="""
    def pad_ids(sequences, pad_id, side="right"):
        ids, mask = [], []
        for row in sequences:
            padding = max(map(len, sequences)) - len(row)
            if side == "right" or not padding:
                ids.append(row + [pad_id] * padding)
                mask.append([1] * len(row) + [0] * padding)
            elif side == "left":
                ids.append([pad_id] * padding + row)
                mask.append([0] * padding + [1] * len(row))
            else:
                raise ValueError(side)
        return {"input_ids": torch.tensor(ids), "attention_mask": torch.tensor(mask)}
    """,
)
pad_ids.mistake(
    "You take a side in other letters, as `Left`. Only the two words themselves are right.",
    REFUSED,
    """side = side.lower()
    if side not in ("right", "left"):
        raise ValueError(f"side is 'right' or 'left', not {side!r}")""",
)
pad_ids.mistake(
    "You refuse an unknown side by `assert`. That raises AssertionError; ValueError is wanted.",
    REFUSED,
    'assert side in ("right", "left")',
)
pad_ids.mistake(
    "Your padding is on the left when nothing is said: `side` is `right` then.",
    'side: str = "right"',
    'side: str = "left"',
)
pad_ids.mistake(
    "You fill up with 0 and not with the pad id that you are given.",
    "torch.full((len(sequences), longest), pad_id)",
    "torch.full((len(sequences), longest), 0)",
)
pad_ids.mistake(
    "Your mask holds booleans. A batch's mask is a LongTensor of 0 and 1.",
    RETURNED,
    'return {"input_ids": input_ids, "attention_mask": attention_mask.bool()}',
)
pad_ids.mistake(
    "Your batch is as wide as its first row. Look for the longest one.",
    WIDTH,
    "longest = len(sequences[0])",
)
pad_ids.mistake(
    "You cut every row to the shortest one. Tokens are lost: fill the shorter rows up instead.",
    (WIDTH, "longest = min(len(sequence) for sequence in sequences)"),
    (
        "for row, sequence in enumerate(sequences):",
        "for row, sequence in enumerate(s[:longest] for s in sequences):",
    ),
)
pad_ids.mistake(
    "An empty row makes your batch one of floats: `torch.tensor([])` is a float tensor, so say "
    "which dtype you want.",
    source="""
    def pad_ids(sequences, pad_id, side="right"):
        if side not in ("right", "left"):
            raise ValueError(side)
        ids, mask = [], []
        for row in map(torch.tensor, sequences):
            padding = max(map(len, sequences)) - len(row)
            ends = (0, padding) if side == "right" else (padding, 0)
            ids.append(torch.nn.functional.pad(row, ends, value=pad_id))
            mask.append(torch.nn.functional.pad(torch.ones_like(row), ends))
        return {"input_ids": torch.stack(ids), "attention_mask": torch.stack(mask)}
    """,
)
pad_ids.mistake(
    "You squeeze the tensors, and a batch of one loses its first axis.",
    RETURNED,
    'return {"input_ids": input_ids.squeeze(), "attention_mask": attention_mask.squeeze()}',
)
pad_ids.mistake(
    "You return the two tensors as a pair. A batch is a mapping with their names as keys.",
    RETURNED,
    "return input_ids, attention_mask",
)

# lengths

lengths = task("lengths")
lengths.case("two rows", public=True, batch=batch(rows=[[5, 6, 7], [8]], kind="dict"))
lengths.case(
    "padded on the left", public=True, batch=batch(rows=[[5], [6, 7, 8]], side="left", kind="dict")
)
lengths.case("a BatchEncoding", batch=batch(rows=[[5, 6, 7, 8], [9, 1], [2, 3, 4]]))
lengths.case("the pad id is also a token", batch=batch(rows=[[0, 4, 0], [0, 0]], kind="dict"))
lengths.case("another pad id", batch=batch(rows=[[3, 1, 4, 1], [5]], pad_id=9, kind="dict"))
lengths.case("one row", batch=batch(rows=[[4, 2]], kind="dict"))
lengths.case("one token", batch=batch(rows=[[4]], kind="dict"))
lengths.case("nothing is padding", batch=batch(rows=[[1, 2, 3], [4, 5, 6]]))
lengths.case("a row without a token", batch=batch(rows=[[1, 2], [], [3]], kind="dict"))
lengths.case("as many rows as columns", batch=batch(rows=[[1, 2, 3], [4], [5, 6]], pad_id=5))


@lengths.cases
def random_batches(rng):
    for kind in ("dict", "BatchEncoding") * 2:
        rows = [rng.choices(range(9), k=rng.randint(1, 7)) for _ in range(rng.randint(1, 6))]
        side = rng.choice(["right", "left"])
        yield {"batch": batch(rows=rows, pad_id=rng.randrange(9), side=side, kind=kind)}


lengths.check(
    "the real tokens of each row are counted",
    same(dims="batch", dtype="exact"),
    points=2,
    hint="A LongTensor with one number for each row. The mask alone knows what is real.",
)

COUNTED = 'return batch["attention_mask"].sum(dim=1)'
lengths.mistake(
    "You count the ids that are not 0. 0 may be a real token, and another id may be the pad id.",
    COUNTED,
    'return (batch["input_ids"] != 0).sum(dim=1)',
)
lengths.mistake(
    "You count over the wrong axis: one number for each column comes out.",
    COUNTED,
    'return batch["attention_mask"].sum(dim=0)',
)
lengths.mistake(
    "You add up the whole batch. One number for each row is wanted.",
    COUNTED,
    'return batch["attention_mask"].sum()',
)
lengths.mistake(
    "You look for the first 0 of the mask. A full row has none, and a row padded on the left "
    "starts with it.",
    COUNTED,
    'return batch["attention_mask"].argmin(dim=1)',
)
lengths.mistake(
    "You take the mask as an attribute. A batch may be a plain `dict`: take it by its key.",
    COUNTED,
    "return batch.attention_mask.sum(dim=1)",
)
lengths.mistake(
    "You keep the axis that you count over: the shape is (batch, 1), not (batch,).",
    COUNTED,
    'return batch["attention_mask"].sum(dim=1, keepdim=True)',
)
lengths.mistake(
    "You squeeze the result, and a batch of one gives a single number.",
    COUNTED,
    'return batch["attention_mask"].sum(dim=1).squeeze()',
)
lengths.mistake(
    "You return a list. A LongTensor is wanted.",
    COUNTED,
    'return batch["attention_mask"].sum(dim=1).tolist()',
)
lengths.mistake(
    "You return floats. Counts are whole numbers: a LongTensor is wanted.",
    COUNTED,
    'return batch["attention_mask"].float().sum(dim=1)',
)
lengths.mistake(
    "You give every row the width of the batch. Padding does not count.",
    COUNTED,
    'return torch.tensor([len(row) for row in batch["attention_mask"]])',
)
lengths.mistake(
    "You take the place of the last real token as the length. On the left there is padding too.",
    COUNTED,
    """mask = batch["attention_mask"]
    return (mask * torch.arange(1, mask.shape[1] + 1)).amax(dim=1)""",
)
