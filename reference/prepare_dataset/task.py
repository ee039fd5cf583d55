"""How `prepare_dataset` is graded: cases, rubric and known mistakes."""

from grader import fixture, same, task, tokenizer

# ------------------------------------------------------------------------ truncate
cut = task("truncate")
NUMBERED = [f"word{number}" for number in range(70)]
cut.case(
    "two of four words",
    public=True,
    example={"text": "A film, they say.", "label": 1},
    max_words=2,
)
cut.case(
    "default: 70 words",
    public=True,
    example={"text": " ".join(NUMBERED), "label": 0},
)
cut.case("as many words as asked", example={"text": "one two three", "label": 0}, max_words=3)
cut.case("fewer words than asked", example={"text": "one two three", "label": 1}, max_words=7)
cut.case("one word", example={"text": "Never again. Never!", "label": 0}, max_words=1)
cut.case(
    "tabs, line ends, many blanks, cut",
    example={"text": "\n It\twas   so-so;\r\nI\x0bdid  not\x0cstay. ", "label": 0},
    max_words=5,
)
cut.case(
    "tabs and many blanks, nothing to cut",
    example={"text": "  It\twas  \n so-so ", "label": 0},
    max_words=5,
)
cut.case(
    "blanks of Unicode",
    example={"text": "naïve\u00a0café\u2003très\u3000ciné 映画\u2028fin\u0085Ende", "label": 1},
    max_words=6,
)
cut.case(
    "no blank at all, and signs that are none",
    example={"text": "zero\u200bwidth_and-dash\u2014only<br/>", "label": 1},
    max_words=4,
)
cut.case("an empty text", example={"text": "", "label": 0}, max_words=3)
cut.case("nothing but blanks", example={"text": " \t\n ", "label": 0})
cut.case("default: 50 words", example={"text": " ".join(NUMBERED[:50]), "label": 1})
cut.case("default: 51 words", example={"text": " ".join(NUMBERED[:51]), "label": 1})
cut.case("more than the default", example={"text": " ".join(NUMBERED), "label": 1}, max_words=60)
cut.case(
    "fields: many of them",
    example={
        "id": 17,
        "text": "seven words are too many for this",
        "label": 0,
        "title": "a  title of \t more than three words",
        "stars": [4.5, 2],
        "source": {"name": "imdb", "year": None},
    },
    max_words=3,
)
cut.case("fields: none but the text", example={"text": "only this and no more of it"}, max_words=2)
cut.case(
    "fields: another text before",
    example={"other_text": "keep  this", "text": "cut this here", "words": 3, "max_words": 9},
    max_words=2,
)


@cut.cases
def drawn(rng):
    words = ["good", "BAD.", "it's", "naïve", "(7/10)", "<br", "/>", "...", "x", "影"]
    blanks = [" ", "  ", "\t", "\n", " \n", "\u00a0", "\u3000"]
    for _ in range(3):
        count = rng.randrange(8, 30)
        text = "".join(word + rng.choice(blanks) for word in rng.choices(words, k=count))
        example = {"text": rng.choice(blanks) + text, "label": rng.randrange(2), "id": count}
        yield {"example": example, "max_words": rng.randrange(2, count - 1)}


cut.check(
    "the first words, joined by single blanks",
    same("text"),
    points=1,
    hint="Print `repr` of the text: it shows tabs, line ends and doubled blanks.",
    cases=(
        "two*",
        "as many*",
        "fewer*",
        "one*",
        "tabs*",
        "blanks*",
        "no blank*",
        "an empty*",
        "nothing*",
        "more*",
        "fields*",
        "drawn*",
    ),
)
cut.check(
    "50 words, unless another number is given",
    same("text"),
    points=0.5,
    cases="default*",
)
cut.check(
    "the other fields are kept",
    same(""),
    points=0.5,
    hint="An example may have more fields than `text` and `label`, or only one.",
    cases=("fields*", "two of*"),
)

WORDS = '    words = example["text"].split()\n'
GIVEN = '    return {**example, "text": " ".join(words[:max_words])}\n'
cut.mistake(
    "You split at single blanks. Tabs and line ends stay, and doubled blanks make empty words.",
    WORDS,
    '    words = example["text"].split(" ")\n',
)
cut.mistake(
    "You cut after `max_words` characters. Asked is a number of words.",
    GIVEN,
    '    return {**example, "text": example["text"][:max_words]}\n',
)
cut.mistake(
    "You keep one word too many.",
    "words[:max_words]",
    "words[: max_words + 1]",
)
cut.mistake(
    "You keep one word too few.",
    "words[:max_words]",
    "words[: max_words - 1]",
)
cut.mistake(
    "You keep the last words. Asked are the first.",
    "words[:max_words]",
    "words[-max_words:]",
)
cut.mistake(
    "You always keep 50 words, whatever `max_words` says.",
    "words[:max_words]",
    "words[:50]",
)
cut.mistake(
    "Your default is not 50 words.",
    "max_words: int = 50",
    "max_words: int = 100",
)
cut.mistake(
    "You do not cut at all.",
    "words[:max_words]",
    "words",
)
cut.mistake(
    "You lose other fields of the example. Keep all of them, whatever their names.",
    "{**example, ",
    "{",
)
cut.mistake(
    "You return a string. Asked is the whole example, a dict.",
    GIVEN,
    '    return " ".join(words[:max_words])\n',
)
cut.mistake(
    "You leave the words as a list. Join them by blanks.",
    '" ".join(words[:max_words])',
    "words[:max_words]",
)
cut.mistake(
    "You join the words without a blank.",
    '" ".join',
    '"".join',
)
cut.mistake(
    "You leave a short text as it is, doubled blanks included. Its words are joined anew, too.",
    GIVEN,
    "    if len(words) <= max_words:\n        return example\n" + GIVEN,
)
cut.mistake(
    "You know only some kinds of white space. Unicode has more blanks: `split()` knows them all.",
    WORDS,
    '    import re\n\n    words = re.findall(r"[^ \\t\\n\\r\\f\\v]+", example["text"])\n',
)
cut.mistake(
    "You take letters and digits for words: points, commas and dashes are lost or split a word.",
    WORDS,
    '    import re\n\n    words = re.findall(r"\\w+", example["text"])\n',
)
cut.mistake(
    'White space in front makes an empty first word: `strip` before `re.split(r"\\s+", ...)`.',
    WORDS,
    '    import re\n\n    words = re.split(r"\\s+", example["text"])\n',
)
cut.mistake(
    "You keep the spacing between the words. Asked is one blank between two.",
    GIVEN,
    "    import re\n\n"
    '    found = re.match(r"\\s*(?:\\S+\\s*){0,%d}" % max_words, example["text"])\n'
    '    return {**example, "text": found.group().strip()}\n',
)
cut.mistake(
    "You add dots where you have cut. Asked are the words alone.",
    GIVEN,
    '    dots = "..." if len(words) > max_words else ""\n'
    '    return {**example, "text": " ".join(words[:max_words]) + dots}\n',
)
cut.mistake(
    "You write the words in small letters.",
    WORDS,
    '    words = example["text"].lower().split()\n',
)
cut.mistake(
    "You put the result into a new field and leave `text` as it was.",
    '"text": " ".join',
    '"truncated": " ".join',
)
cut.mistake(
    "You split with `maxsplit`: the rest of the text stays in one piece at the end.",
    (WORDS, '    words = example["text"].split(None, max_words)\n'),
    ("words[:max_words]", "words"),
)

cut.equivalent(
    "without `maxsplit` it does not matter from which end one splits",
    'example["text"].split',
    'example["text"].rsplit',
)

# ------------------------------------------------------------------------ small_splits
small = task("small_splits", probe="chosen", needs=("truncate",))
small.case(
    "the lecture's data set",
    public=True,
    dataset=fixture("imdb"),
    seed=224,
    n_train=24,
    n_val=8,
)
small.case(
    "all of its rows are used",
    public=True,
    dataset=fixture("reviews", rows=10, start=7, step=97),
    seed=5,
    n_train=6,
    n_val=4,
)
small.case(
    "a seed of 0",
    dataset=fixture("reviews", rows=30, start=11, step=33),
    seed=0,
    n_train=8,
    n_val=3,
)
small.case(
    "one row for validation",
    dataset=fixture("reviews", rows=12, start=70, step=75),
    seed=1,
    n_train=9,
    n_val=1,
)
small.case(
    "one row for training",
    dataset=fixture("reviews", rows=14, start=40, step=65),
    seed=2,
    n_train=1,
    n_val=5,
)
small.case(
    "texts short, empty, and of odd spacing",
    dataset=fixture(
        "texts",
        texts=[
            "Short and  good.",
            "",
            "\tA tab,\na line end ",
            " ".join(NUMBERED[:50]),
            " ".join(NUMBERED[10:61]),
            " \n ",
            "naïve\u00a0film\u3000映画",
            "   ".join(NUMBERED[5:70]),
        ],
        labels=[1, 0, 0, 1, 0, 1, 1, 0],
    ),
    seed=42,
    n_train=5,
    n_val=3,
)


@small.cases
def some(rng):
    for _ in range(2):
        n_train, n_val = rng.sample(range(4, 12), 2)
        yield {
            "dataset": fixture(
                "reviews",
                rows=n_train + n_val + rng.randrange(2, 20),
                start=rng.randrange(1000),
                step=rng.choice([27, 31, 37]),
            ),
            "seed": rng.randrange(100, 1_000_000),
            "n_train": n_train,
            "n_val": n_val,
        }


small.check(
    "train: the first rows after shuffling with the seed",
    same("beginnings.train"),
    points=0.75,
    hint="`Dataset.shuffle(seed=seed)`, once, before you choose any row.",
)
small.check(
    "val: the rows that come next",
    same("beginnings.val"),
    points=0.75,
    hint="The first row of `val` comes right after the last one of `train`.",
)
small.check(
    "both splits are truncated to 50 words",
    same("texts"),
    points=0.5,
    hint="Count the words of every row of both splits.",
)
small.check(
    "a DatasetDict of exactly these two splits",
    same("splits", extra_keys=False),
    points=0.5,
)

SHUFFLED = "    shuffled = dataset.shuffle(seed=seed)\n"
TRAIN = "        train=shuffled.select(range(n_train)),\n"
VAL = "        val=shuffled.select(range(n_train, n_train + n_val)),\n"
MAPPED = "    return splits.map(truncate)\n"
small.mistake(
    "You do not shuffle: your rows are the first ones of the data set, all of one label.",
    SHUFFLED,
    "    shuffled = dataset\n",
)
small.mistake(
    "You shuffle without the seed: your rows are others in every run.",
    SHUFFLED,
    "    shuffled = dataset.shuffle()\n",
)
small.mistake(
    "You shuffle with a fixed number. Use the seed that you are given.",
    SHUFFLED,
    "    shuffled = dataset.shuffle(seed=42)\n",
)
small.mistake(
    "You take a seed of 0 for no seed: `seed or ...` replaces 0, too.",
    SHUFFLED,
    "    shuffled = dataset.shuffle(seed=seed or 224)\n",
)
small.mistake(
    "You choose the rows first and shuffle them then. Shuffle the whole split first.",
    SHUFFLED,
    "    shuffled = dataset.select(range(n_train + n_val)).shuffle(seed=seed)\n",
)
small.mistake(
    "Your `val` starts at the first row again: its rows are in `train`, too.",
    VAL,
    "        val=shuffled.select(range(n_val)),\n",
)
small.mistake(
    "Your `val` takes the last rows. Asked are those right after `train`.",
    VAL,
    "        val=shuffled.select(range(len(shuffled) - n_val, len(shuffled))),\n",
)
small.mistake(
    "You skip a row between `train` and `val`.",
    VAL,
    "        val=shuffled.select(\n"
    "            range(min(n_train + 1, len(shuffled) - n_val), "
    "min(n_train + 1 + n_val, len(shuffled)))\n"
    "        ),\n",
)
small.mistake(
    "Your `val` ends at row `n_val`. It ends at `n_train + n_val`.",
    VAL,
    "        val=shuffled.select(range(n_train, max(n_val, n_train + 1))),\n",
)
small.mistake(
    "You put all the remaining rows into `val`. Asked are `n_val`.",
    VAL,
    "        val=shuffled.select(range(n_train, min(len(shuffled), n_train + n_val + 9))),\n",
)
small.mistake(
    "You shuffle a second time for `val`, with another seed: a row may be in both splits.",
    VAL,
    "        val=dataset.shuffle(seed=seed + 1).select(range(n_train, n_train + n_val)),\n",
)
small.mistake(
    "You use `train_test_split`, which shuffles in its own way. Asked is `Dataset.shuffle`.",
    source="""
def small_splits(dataset, seed, n_train, n_val):
    parts = dataset.train_test_split(train_size=n_train, test_size=n_val, seed=seed)
    return DatasetDict(train=parts["train"], val=parts["test"]).map(truncate)
""",
)
small.mistake(
    "You swap the sizes: `train` has `n_train` rows, `val` has `n_val`.",
    (TRAIN, "        train=shuffled.select(range(n_val)),\n"),
    (VAL, "        val=shuffled.select(range(n_val, n_train + n_val)),\n"),
)
small.mistake(
    "You swap the names: the first rows are `train`.",
    (TRAIN, TRAIN.replace("train=", "val=", 1)),
    (VAL, VAL.replace("val=", "train=", 1)),
)
small.mistake(
    "You do not truncate the texts.",
    MAPPED,
    "    return splits\n",
)
small.mistake(
    "You call `map` and forget its result: it returns new splits and leaves the old ones.",
    MAPPED,
    "    splits.map(lambda row: {'text': truncate(row)['text']})\n"
    "    return DatasetDict(train=splits['train'], val=splits['val'], test=splits['val'])\n",
)
small.mistake(
    "You truncate `train` only.",
    MAPPED,
    '    splits["train"] = splits["train"].map(truncate)\n    return splits\n',
)
small.mistake(
    "You truncate `val` only.",
    MAPPED,
    '    splits["val"] = splits["val"].map(truncate)\n    return splits\n',
)
small.mistake(
    "You truncate to another number of words. Asked are 50.",
    "splits.map(truncate)",
    "splits.map(lambda row: truncate(row, 25))",
)
small.mistake(
    "Your second split is not called `val`.",
    VAL,
    VAL.replace("val=", "validation="),
)
small.mistake(
    "You return a plain dict. `DatasetDict` is a dict that has `map` and more.",
    MAPPED,
    "    return dict(splits.map(truncate))\n",
)
small.mistake(
    "You sort the rows that you have chosen. Keep the shuffled order.",
    (TRAIN, "        train=dataset.select(sorted(order[:n_train])),\n"),
    (VAL, "        val=dataset.select(sorted(order[n_train : n_train + n_val])),\n"),
    (
        SHUFFLED,
        "    numbers = Dataset.from_dict({'row': range(len(dataset))})\n"
        "    order = numbers.shuffle(seed=seed)['row'][:]\n",
    ),
)

# ------------------------------------------------------------------------ tokenize_splits
ids = task("tokenize_splits", probe="tokenized_facts")
TEXTS = {
    "train": fixture(
        "texts",
        texts=["Hello, how are you?", "A film.", "It isn't good; it is the best!"],
        labels=[1, 0, 1],
    ),
    "val": fixture("texts", texts=["Boring and appallingly acted", "Why?"], labels=[0, 0]),
}
ids.case(
    "two splits of short texts",
    public=True,
    splits=fixture("splits", **TEXTS),
    tokenizer=tokenizer("bert"),
)
ids.case(
    "a model that takes 16 tokens",
    public=True,
    splits=fixture(
        "splits",
        train=fixture("reviews", rows=5, start=3, step=230, characters=200),
        val=fixture("reviews", rows=3, start=100, step=400, characters=120),
    ),
    tokenizer=fixture("limited", tokenizer=tokenizer("bert"), length=16),
)
ids.case(
    "GPT-2's tokenizer",
    splits=fixture(
        "splits",
        train=fixture("reviews", rows=4, start=17, step=240, characters=150),
        val=fixture("texts", texts=["x", "naïve café 映画"], labels=[1, 0]),
    ),
    tokenizer=tokenizer("gpt2"),
)
LONG = "Good actors and bad dialogues, and in the end nobody knew why. "
ids.case(
    "a review longer than DistilBERT's 512 tokens",
    splits=fixture(
        "splits",
        train=fixture("texts", texts=[LONG * 45, "Short."], labels=[0, 1]),
        val=fixture("texts", texts=["Short too."], labels=[0]),
    ),
    tokenizer=tokenizer("bert"),
)
ids.case(
    "a review longer than 512, and one longer than GPT-2's 1,024 tokens",
    splits=fixture(
        "splits",
        train=fixture("texts", texts=["Short."], labels=[0]),
        val=fixture("texts", texts=[LONG * 50, "Short.", LONG * 90], labels=[1, 0, 1]),
    ),
    tokenizer=tokenizer("gpt2"),
)
ids.case(
    "one row to validate with",
    splits=fixture(
        "splits",
        train=fixture("reviews", rows=2, start=480, step=30, characters=70),
        val=fixture("reviews", rows=1, start=900, characters=60),
    ),
    tokenizer=tokenizer("bert"),
)
ids.case(
    "an empty text, an emoji, a special token spelled out, capitals",
    splits=fixture(
        "splits",
        train=fixture(
            "texts",
            texts=["", "👍🏽 né\u0301e", "a [MASK] b", "NEVER Never never", "tab\tand  blanks"],
            labels=[1, 1, 0, 0, 1],
        ),
        val=fixture("texts", texts=["ÉTÉ", ""], labels=[0, 1]),
    ),
    tokenizer=tokenizer("bert"),
)
ids.case(
    "rows of equal length, five classes",
    splits=fixture(
        "splits",
        train=fixture("texts", texts=["good film", "bad film", "no film"], labels=[4, 0, 2]),
        val=fixture("texts", texts=["one film"], labels=[3]),
    ),
    tokenizer=fixture("limited", tokenizer=tokenizer("gpt2"), length=9),
)


@ids.cases
def real(rng):
    for name in ("bert", "gpt2"):
        yield {
            "splits": fixture(
                "splits",
                train=fixture(
                    "reviews",
                    rows=rng.randrange(4, 7),
                    start=rng.randrange(1000),
                    step=rng.choice([127, 211]),
                    characters=rng.randrange(120, 200),
                ),
                val=fixture("reviews", rows=2, start=rng.randrange(1000), step=500, characters=99),
            ),
            "tokenizer": fixture(
                "limited", tokenizer=tokenizer(name), length=rng.randrange(12, 18)
            ),
        }


ids.check(
    "every row's ids, cut at the maximum length",
    same("ids"),
    points=1,
    hint="Compare `row['input_ids']` with `tokenizer(text)['input_ids']`, for a short text and for "
    "one of a thousand words. Only tokens with a mask of 1 count.",
)
ids.check("the labels are there as `labels`", same("labels"), points=0.5)
ids.check(
    "a DatasetDict of exactly three columns, none hidden",
    same("columns"),
    points=0.5,
    hint="Look at `column_names`: a column that the format hides is still there.",
)
ids.check(
    "rows hold torch tensors",
    same("first_rows"),
    points=0.5,
    hint='`type(splits["train"][0]["input_ids"])`, and the same for the other two columns.',
)

CALL = 'tokenizer(batch["text"], truncation=True)'
NAMED = '    renamed = tokenized.rename_column("label", "labels")\n'
CHOSEN = '.select_columns(["input_ids", "attention_mask", "labels"])'
ids.mistake(
    "You do not cut long texts: `truncation=True` is missing.",
    CALL,
    'tokenizer(batch["text"])',
)
ids.mistake(
    "You cut at 512 tokens. That is DistilBERT's maximum; ask the tokenizer for its own.",
    CALL,
    'tokenizer(batch["text"], truncation=True, max_length=512)',
)
ids.mistake(
    "You cut at 128 tokens. Asked is the model's maximum length.",
    CALL,
    'tokenizer(batch["text"], truncation=True, max_length=min(128, tokenizer.model_max_length))',
)
ids.mistake(
    "You cut the ids yourself and lose the closing `[SEP]`. Let the tokenizer cut.",
    CALL,
    "{key: [row[: tokenizer.model_max_length] for row in rows] for key, rows in "
    'tokenizer(batch["text"]).items()}',
)
ids.mistake(
    "You cut the text at so many characters or words. The maximum is a number of tokens.",
    CALL,
    'tokenizer([" ".join(text.split()[: tokenizer.model_max_length]) for text in batch["text"]])',
)
ids.mistake(
    "Your rows lack the special tokens.",
    CALL,
    'tokenizer(batch["text"], truncation=True, add_special_tokens=False)',
)
ids.mistake(
    "You write the texts in small letters. This tokenizer knows capitals.",
    CALL,
    'tokenizer([text.lower() for text in batch["text"]], truncation=True)',
)
ids.mistake(
    "Your mask calls padding real: where a row is padded, its mask is 0.",
    CALL,
    '(lambda made: {**made, "attention_mask": [[1] * len(row) for row in made["input_ids"]]})(\n'
    '        tokenizer(batch["text"], truncation=True, padding=True))',
)
ids.mistake(
    "Your labels are still called `label`.",
    (NAMED, "    renamed = tokenized\n"),
    (CHOSEN, '.select_columns(["input_ids", "attention_mask", "label"])'),
)
ids.mistake(
    "You keep `label` beside `labels`. Rename the column.",
    (
        NAMED,
        "    renamed = DatasetDict({name: split.add_column('labels', list(split['label'])) "
        "for name, split in tokenized.items()})\n",
    ),
    (CHOSEN, '.remove_columns(["text"])'),
)
ids.mistake(
    "The column `text` is still there.",
    CHOSEN,
    "",
)
ids.mistake(
    "You hide `text` by the format. `column_names` still shows it: remove the column.",
    (CHOSEN, ""),
    (
        '.with_format("torch")',
        '.with_format("torch", columns=["input_ids", "attention_mask", "labels"])',
    ),
)
ids.mistake(
    "Your columns lack `attention_mask`.",
    CHOSEN,
    '.select_columns(["input_ids", "labels"])',
)
ids.mistake(
    "Your columns lack the labels.",
    CHOSEN,
    '.select_columns(["input_ids", "attention_mask"])',
)
ids.mistake(
    "Your rows hold lists. Choose the format of torch.",
    '.with_format("torch")',
    "",
)
ids.mistake(
    "Your rows hold numpy arrays. Choose the format of torch.",
    'with_format("torch")',
    'with_format("numpy")',
)
ids.mistake(
    "Your format covers the ids only: the other columns are hidden from whoever takes a row.",
    '.with_format("torch")',
    '.with_format("torch", columns=["input_ids"])',
)
ids.mistake(
    "You return a plain dict. `DatasetDict` is a dict that has `map` and more.",
    "    return renamed" + CHOSEN + '.with_format("torch")\n',
    "    return dict(renamed" + CHOSEN + '.with_format("torch"))\n',
)
ids.mistake(
    "You turn the splits into plain lists of rows.",
    "    return renamed" + CHOSEN + '.with_format("torch")\n',
    "    made = renamed" + CHOSEN + '.with_format("torch")\n'
    "    return {name: list(split) for name, split in made.items()}\n",
)
ids.mistake(
    "Your labels are all 0: take them from the rows.",
    NAMED,
    "    renamed = tokenized.map(lambda row: {'labels': 0})\n",
)

ids.equivalent(
    "row by row is slower and gives the same",
    'splits.map(lambda batch: tokenizer(batch["text"], truncation=True), batched=True)',
    'splits.map(lambda batch: tokenizer(batch["text"], truncation=True))',
)
ids.equivalent("row by row is slower and gives the same", "batched=True", "batched=False")
NAMES = '["input_ids", "attention_mask", "labels"]'
ids.equivalent(
    "the order of the columns is free", NAMES, '["attention_mask", "input_ids", "labels"]'
)
ids.equivalent(
    "the order of the columns is free", NAMES, '["input_ids", "labels", "attention_mask"]'
)

# ------------------------------------------------------------------------ make_loaders
load = task("make_loaders", probe="loaded")


def rows(count, start=5, longest=6):
    """``count`` rows of ids, no two alike, of 2 to ``longest`` ids."""
    lengths = [2 + (7 * number + 3) % (longest - 1) for number in range(count)]
    return [
        [start + (number * 3 + place * 5) % 50 for place in range(length - 1)] + [number + 1]
        for number, length in enumerate(lengths)
    ]


def loaders(n_train, n_val, batch_size, tokenizer, labels=2, longest=6, pad_id=0):
    """The inputs of a case. ``pad_id`` is the tokenizer's."""
    return {
        "splits": fixture(
            "tokenized",
            train=rows(n_train, longest=longest),
            train_labels=[(number // 2) % labels for number in range(n_train)],
            val=rows(n_val, start=8, longest=longest),
            val_labels=[(number + 1) % labels for number in range(n_val)],
            pad_id=pad_id,
        ),
        "tokenizer": tokenizer,
        "batch_size": batch_size,
    }


load.case(
    "batches of four, the last ones shorter", public=True, **loaders(14, 6, 4, tokenizer("bert"))
)
load.case(
    "GPT-2 pads with its end token",
    public=True,
    **loaders(11, 5, 3, tokenizer("gpt2"), pad_id=50_256),
)
load.case("batches of one", **loaders(10, 3, 1, fixture("small_tokenizer")))
load.case("a batch larger than all rows", **loaders(12, 4, 50, fixture("small_tokenizer")))
load.case("no batch is short", **loaders(15, 10, 5, fixture("small_tokenizer"), labels=3))
load.case(
    "one row in each split", **loaders(1, 1, 8, fixture("small_tokenizer", pad_id=2), pad_id=2)
)
load.case("more rows for validation", **loaders(10, 23, 16, tokenizer("bert"), labels=4))
load.case("all rows of one length", **loaders(13, 7, 4, fixture("small_tokenizer"), longest=2))
load.case(
    "0 is a word, another id pads",
    splits=fixture(
        "tokenized",
        train=[[0, 5, number + 8, *[0] * (number % 3)] for number in range(12)],
        train_labels=[number % 2 for number in range(12)],
        val=[[0], [9, 0, 0, 4], [0, 0, 3]],
        val_labels=[1, 0, 1],
        pad_id=7,
    ),
    tokenizer=fixture("small_tokenizer", pad_id=7),
    batch_size=5,
)


@load.cases
def any_size(rng):
    for _ in range(2):
        n_train, n_val = rng.randrange(12, 30), rng.randrange(5, 12)
        size = rng.randrange(2, 9)
        yield loaders(n_train, n_val, size, fixture("small_tokenizer"), labels=3, longest=9)


load.check(
    "train: every row, with its label, its padding masked out",
    same("train_rows"),
    points=0.75,
    hint="Take the ids where the mask is 1: are they the row's own, no more and no fewer?",
)
load.check(
    "train: another order in every epoch",
    same("epochs"),
    points=0.75,
    hint="Loop over the loader twice, collect the ids, and compare.",
)
load.check(
    "val: every row in its own order, every time",
    same("val_rows"),
    points=0.75,
)
load.check(
    "batches of `batch_size` rows with the three columns",
    same("batches", extra_keys=False),
    points=0.75,
    hint="Print the keys and shapes of every batch, the last one too.",
)

TRAINING = 'DataLoader(splits["train"], batch_size=batch_size, shuffle=True, collate_fn=collate)'
VALIDATION = 'DataLoader(splits["val"], batch_size=batch_size, collate_fn=collate)'
COLLATE = "    collate = DataCollatorWithPadding(tokenizer)\n"
BOTH = "    return train, val\n"


def collated(body):
    """Another collate function around the collator."""
    return COLLATE.replace("collate =", "pad =") + "\n    def collate(rows):\n" + body + "\n"


load.mistake(
    "You do not pad: rows of unequal length do not fit into one tensor. Pass a `collate_fn`.",
    (TRAINING, TRAINING.replace(", collate_fn=collate", "")),
    (VALIDATION, VALIDATION.replace(", collate_fn=collate", "")),
)
load.mistake(
    "You pad in `train` only. The rows of `val` are of unequal length, too.",
    VALIDATION,
    VALIDATION.replace(", collate_fn=collate", ""),
)
load.mistake(
    "You do not shuffle `train`.",
    TRAINING,
    TRAINING.replace("shuffle=True, ", ""),
)
load.mistake(
    "Every epoch of `train` has the same order: you shuffle once, or with a seed that comes anew.",
    TRAINING,
    TRAINING.replace('splits["train"]', 'splits["train"].shuffle(seed=1)').replace(
        "shuffle=True, ", ""
    ),
)
load.mistake(
    "You shuffle `val`, too. It keeps its order.",
    VALIDATION,
    VALIDATION.replace("collate_fn", "shuffle=True, collate_fn"),
)
load.mistake(
    "You turn the order of `val` over.",
    VALIDATION,
    VALIDATION.replace("collate_fn", "sampler=range(len(splits['val']))[::-1], collate_fn"),
)
load.mistake(
    "You drop the last batch of `train` where it is short.",
    TRAINING,
    TRAINING.replace("shuffle=True", "shuffle=True, drop_last=True"),
)
load.mistake(
    "You drop the last batch of both loaders where it is short.",
    (TRAINING, TRAINING.replace("shuffle=True", "shuffle=True, drop_last=True")),
    (VALIDATION, VALIDATION.replace("collate_fn", "drop_last=True, collate_fn")),
)
load.mistake(
    "You draw rows with replacement: in an epoch some come twice and others never.",
    TRAINING,
    TRAINING.replace(
        "shuffle=True",
        "sampler=__import__('torch').utils.data.RandomSampler(splits['train'], replacement=True)",
    ),
)
load.mistake(
    "Your batches are of a fixed size. Use `batch_size`.",
    (TRAINING, TRAINING.replace("batch_size=batch_size", "batch_size=16")),
    (VALIDATION, VALIDATION.replace("batch_size=batch_size", "batch_size=16")),
)
load.mistake(
    "You forget `batch_size` for `val`: its batches have one row.",
    VALIDATION,
    VALIDATION.replace("batch_size=batch_size, ", ""),
)
load.mistake(
    "You forget `batch_size` for `train`: its batches have one row.",
    TRAINING,
    TRAINING.replace("batch_size=batch_size, ", ""),
)
load.mistake(
    "You return `val` first. `train` comes first.",
    BOTH,
    "    return val, train\n",
)
load.mistake(
    "Both your loaders read `train`.",
    VALIDATION,
    VALIDATION.replace('"val"', '"train"'),
)
load.mistake(
    "You return the first loader only.",
    BOTH,
    "    return train\n",
)
load.mistake(
    "You return a dict. Asked are two loaders, `train` first.",
    BOTH,
    '    return {"train": train, "val": val}\n',
)
load.mistake(
    "You return lists of batches: the order of `train` is the same in every epoch.",
    BOTH,
    "    return list(train), list(val)\n",
)
load.mistake(
    "Your mask is 1 everywhere. Where a row is padded it is 0.",
    COLLATE,
    collated(
        "        batch = pad(rows)\n"
        '        return {**batch, "attention_mask": batch["attention_mask"] ** 0}\n'
    ),
)
load.mistake(
    "Your mask is 0 wherever the id is 0. That may be a word, and padding may have another id: "
    "keep the masks of the rows.",
    COLLATE,
    collated(
        "        batch = pad(rows)\n"
        '        return {**batch, "attention_mask": (batch["input_ids"] != 0).long()}\n'
    ),
)
load.mistake(
    "You pad the ids to the shortest row: longer rows lose their end.",
    COLLATE,
    collated(
        "        batch = pad(rows)\n"
        '        shortest = int(batch["attention_mask"].sum(dim=1).min())\n'
        "        return {\n"
        '            "input_ids": batch["input_ids"][:, :shortest],\n'
        '            "attention_mask": batch["attention_mask"][:, :shortest],\n'
        '            "labels": batch["labels"],\n'
        "        }\n"
    ),
)
load.mistake(
    "Your batches lack the labels.",
    COLLATE,
    collated(
        "        batch = pad(rows)\n"
        '        return {key: batch[key] for key in ("input_ids", "attention_mask")}\n'
    ),
)
load.mistake(
    "Your batches lack the attention mask.",
    COLLATE,
    collated(
        "        batch = pad(rows)\n"
        '        return {key: batch[key] for key in ("input_ids", "labels")}\n'
    ),
)
load.mistake(
    "Your labels are called `label` in the batches.",
    COLLATE,
    collated(
        '        batch = dict(pad(rows))\n        return {**batch, "label": batch.pop("labels")}\n'
    ),
)
load.mistake(
    "Your labels are a plain list. Make a tensor of them.",
    COLLATE,
    collated(
        '        batch = pad(rows)\n        return {**batch, "labels": batch["labels"].tolist()}\n'
    ),
)
load.mistake(
    "Your labels have one axis too many: they are (batch).",
    COLLATE,
    collated(
        "        batch = pad(rows)\n"
        '        return {**batch, "labels": batch["labels"].unsqueeze(1)}\n'
    ),
)
load.mistake(
    "A batch of one row has lost its first axis: do not `squeeze`.",
    COLLATE,
    collated("        return {key: value.squeeze(0) for key, value in pad(rows).items()}\n"),
)
load.mistake(
    "You sort the rows of `val` by their length. It keeps its order.",
    VALIDATION,
    VALIDATION.replace(
        'splits["val"]',
        "splits['val'].select(sorted(range(len(splits['val'])), "
        "key=lambda row: len(splits['val'][row]['input_ids'])))",
    ),
)
