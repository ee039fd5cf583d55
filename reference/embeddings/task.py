"""How `embeddings` is graded: cases, rubric and known mistakes.

Left alone, because the course text leaves it open: which attention implementation the model is left
with, whether its parameters still require gradients, the dtype of a result.
"""

from grader import batch, fixture, model, same, task, tensor

# ---------------------------------------------------------------- both ways to call a model

LAST = "the last hidden state of every token"


def calling(function, sibling):
    """The task of one of the two: they get the same cases and the same rubric."""
    call = task(function, probe="called", needs=(sibling,))
    call.case(
        "DistilBERT: two texts of unequal length",
        public=True,
        model=model("distilbert", seed=1),
        batch=batch([[5, 61, 7, 8, 9], [5, 17, 9]]),
    )
    call.case(
        "GPT-2 in training mode: a dict",
        public=True,
        model=model("gpt2", seed=2, mode="train"),
        batch=batch([[31, 4, 77, 12], [9, 55]], kind="dict"),
    )
    call.case(
        "BERT: three texts",
        model=model("bert", seed=3),
        batch=fixture(
            "mask_first",
            batch=batch([[7, 21, 22], [7, 30], [7, 40, 41, 42, 43, 44]], kind="dict"),
        ),
    )
    call.case(
        "DistilBERT in training mode",
        model=model("distilbert", seed=4, mode="train"),
        batch=batch([[13, 14], [15, 16, 17, 18]]),
    )
    call.case(
        "a batch of one",
        model=model("bert", seed=5, layers=2, mode="train"),
        batch=batch([[13, 14, 15, 16, 17]]),
    )
    call.case(
        "one token",
        model=model("distilbert", seed=6, layers=1),
        batch=batch([[44]], kind="dict"),
    )
    call.case(
        "GPT-2: the end token pads, and is a token too",
        model=model("gpt2", seed=7),
        batch=batch([[96, 8, 0, 9], [0, 96]], pad_id=96),
    )
    call.case(
        "all of the same length",
        model=model("bert", seed=8, layers=1, hidden=24, heads=4),
        batch=batch([[3, 4, 5], [6, 7, 8], [9, 10, 11], [12, 13, 14]]),
    )

    @call.cases
    def drawn(rng):
        for arch in ("distilbert", "bert", "gpt2"):
            lengths = rng.sample(range(2, 9), 3)
            rows = [[rng.randrange(3, 96) for _ in range(length)] for length in lengths]
            yield {
                "model": model(arch, seed=rng.randrange(1 << 20), layers=2),
                "batch": batch(rows, kind=rng.choice(["dict", "BatchEncoding"])),
            }

    call.check(
        LAST,
        same("embeddings", dims="batch sequence hidden"),
        points=2,
        hint="One vector for each place of the batch, padding included, as the model computed it.",
    )
    call.check(
        "it carries no gradient graph",
        same("gradient_graph"),
        points=0.5,
        given=LAST,
        hint="Print `requires_grad` of your result.",
    )
    call.check(
        "the model is in the mode it was found in",
        same("mode"),
        points=0.5,
        given=LAST,
        hint="Print `model.training` before and after your call, once with a model in training "
        "mode and once with one in evaluation mode.",
    )
    for sentence, *edits in mistakes(function):
        call.mistake(sentence, *edits)
    return call


BOTH = {
    "call_with_batch": (
        "    with torch.no_grad():\n        return model(**batch).last_hidden_state\n",
        "model(**batch)",
    ),
    "call_with_arguments": (
        "    with torch.no_grad():\n"
        '        outputs = model(batch["input_ids"], attention_mask=batch["attention_mask"])\n'
        "    return outputs.last_hidden_state\n",
        'model(batch["input_ids"], attention_mask=batch["attention_mask"])',
    ),
}


def mistakes(function):
    """What goes wrong with either way of calling: a sentence, the old body and the new one."""
    body, call = BOTH[function]

    def computed(result, before="", after=""):
        new = f"    with torch.no_grad():\n        outputs = {call}\n"
        return body, f"{before}{new}{after}    return {result}\n"

    last = "outputs.last_hidden_state"
    yield (
        "What you return carries a gradient graph. Call the model under `torch.no_grad()`.",
        body,
        f"    return {call}.last_hidden_state\n",
    )
    yield (
        "You leave the model in evaluation mode. It may have been in training mode: then it must "
        "be so again.",
        *computed(last, before="    model.eval()\n"),
    )
    yield (
        "You leave the model in training mode, whatever it was in before. Remember "
        "`model.training` first, and give that back.",
        *computed(last, before="    model.eval()\n", after="    model.train()\n"),
    )
    yield (
        "You turn the model's mode over: it is in the other one now.",
        *computed(last, after="    model.train(not model.training)\n"),
    )
    yield (
        "You give `model.training` back, and the model's parts stay in evaluation mode: "
        "`model.train(...)` sets them all.",
        *computed(
            last,
            before="    was = model.training\n    model.eval()\n",
            after="    model.training = was\n",
        ),
    )
    yield (
        "You return all that the model gives. Asked is one field of it, the last hidden state.",
        *computed("outputs"),
    )
    yield (
        "You return the vector of the first token alone. Every token has one.",
        *computed(f"{last}[:, 0]"),
    )
    yield (
        "You lose the axis of a batch of one, or of a text of one token: `squeeze` removes every "
        "axis of length 1.",
        *computed(f"{last}.squeeze()"),
    )
    yield (
        "You take the first text only. The result has a vector for each token of each text.",
        *computed(f"{last}[0]"),
    )
    yield (
        "You take the field at position 1. What stands there differs from model to model, and is "
        "not the last hidden state.",
        *computed("outputs[1]"),
    )
    yield (
        "You set the vectors of padding to 0. Return what the model computed; to leave padding "
        "out is up to `mean_pool`.",
        *computed(f'{last} * batch["attention_mask"].unsqueeze(-1)'),
    )
    yield (
        "You average over the tokens. Here every token keeps its vector; `mean_pool` comes later.",
        *computed(f"{last}.mean(dim=1)"),
    )
    deep = call[:-1] + ", output_hidden_states=True)"
    yield (
        "You return the hidden state of the last layer but one.",
        body,
        f"    with torch.no_grad():\n        return {deep}.hidden_states[-2]\n",
    )
    yield (
        "You return the first hidden state: the embeddings, before any layer has seen them.",
        body,
        f"    with torch.no_grad():\n        return {deep}.hidden_states[0]\n",
    )


by_batch = calling("call_with_batch", "call_with_arguments")
by_batch.mistake(
    "You pass the ids alone. Without the attention mask the model reads the padding as text.",
    "model(**batch)",
    'model(batch["input_ids"])',
)
by_batch.mistake(
    "You pass the batch as one argument. `**` hands over its keys as the names of arguments.",
    "model(**batch)",
    "model(batch)",
)
by_batch.mistake(
    "You unpack the batch with one star. That passes its keys, the names: two stars pass the "
    "tensors under their names.",
    "model(**batch)",
    "model(*batch)",
)
by_batch.mistake(
    "You pass the tensors by position. GPT-2's second parameter is not the attention mask.",
    "model(**batch)",
    "model(*batch.values())",
)
by_batch.mistake(
    "You call `batch.to(...)`. A batch may be a plain dict, which has no such method.",
    "model(**batch)",
    'model(**batch.to("cpu"))',
)
by_batch.mistake(
    "You call the model as DistilBERT's parts are called. Other models have other parts: call the "
    "model itself.",
    "        return model(**batch).last_hidden_state\n",
    '        return model.transformer(model.embeddings(batch["input_ids"])).last_hidden_state\n',
)

by_arguments = calling("call_with_arguments", "call_with_batch")
by_arguments.mistake(
    "You do not pass the attention mask: the model reads the padding as text.",
    ', attention_mask=batch["attention_mask"])',
    ")",
)
by_arguments.mistake(
    "You pass the attention mask by its position. GPT-2's second parameter is another one: give "
    "the mask its name.",
    'attention_mask=batch["attention_mask"])',
    'batch["attention_mask"])',
)
by_arguments.mistake(
    "You take the batch's values in their order. Take them by their keys: a mapping may have the "
    "mask first.",
    'model(batch["input_ids"], attention_mask=batch["attention_mask"])',
    "model(input_ids=[*batch.values()][0], attention_mask=[*batch.values()][1])",
)
by_arguments.mistake(
    "Your mask is turned round: 1 marks a real token.",
    'attention_mask=batch["attention_mask"])',
    'attention_mask=1 - batch["attention_mask"])',
)
by_arguments.mistake(
    "You make a mask from the ids. A real token may have the pad id too, and not every model pads "
    "with 0: take the batch's own mask.",
    'attention_mask=batch["attention_mask"])',
    'attention_mask=(batch["input_ids"] != 0).long())',
)
by_arguments.mistake(
    "You take the batch's tensors as attributes. A batch may be a plain dict: take them by their "
    "keys.",
    'model(batch["input_ids"], attention_mask=batch["attention_mask"])',
    "model(batch.input_ids, attention_mask=batch.attention_mask)",
)
by_arguments.mistake(
    "You pass the mask as the ids, and the ids as the mask.",
    'model(batch["input_ids"], attention_mask=batch["attention_mask"])',
    'model(batch["attention_mask"], attention_mask=batch["input_ids"])',
)

# ---------------------------------------------------------------- mean_pool

pool = task("mean_pool")
pool.case(
    "two texts",
    public=True,
    embeddings=tensor(
        values=[
            [[1.0, 2.0], [3.0, 4.0], [8.0, -9.0]],
            [[2.0, 0.0], [4.0, 1.0], [6.0, 5.0]],
        ],
        dtype="float32",
    ),
    attention_mask=tensor(values=[[1, 1, 0], [1, 1, 1]], dtype="int64"),
)
pool.case(
    "empty: a text without a real token",
    public=True,
    embeddings=tensor([2, 3, 4], seed=21),
    attention_mask=tensor(values=[[1, 1, 0], [0, 0, 0]], dtype="int64"),
)
pool.case(
    "two texts, in float64",
    embeddings=tensor([2, 5, 7], seed=22),
    attention_mask=tensor(values=[[1, 1, 1, 0, 0], [1, 1, 1, 1, 0]], dtype="int64"),
)
pool.case(
    "two texts without padding",
    embeddings=tensor([2, 4, 3], seed=23, dtype="float32"),
    attention_mask=tensor([2, 4], kind="ones", dtype="int64"),
)
pool.case(
    "shape: a batch of one",
    embeddings=tensor([1, 4, 5], seed=24),
    attention_mask=tensor(values=[[1, 1, 1, 0]], dtype="int64"),
)
pool.case(
    "shape: one token",
    embeddings=tensor([3, 1, 4], seed=25),
    attention_mask=tensor(values=[[1], [1], [1]], dtype="int64"),
)
pool.case(
    "shape: vectors of length 1",
    embeddings=tensor([2, 3, 1], seed=26),
    attention_mask=tensor(values=[[1, 0, 0], [1, 1, 0]], dtype="int64"),
)
pool.case(
    "shape: as many texts as tokens as numbers in a vector",
    embeddings=tensor([3, 3, 3], seed=27),
    attention_mask=tensor(values=[[1, 1, 0], [1, 0, 0], [1, 1, 1]], dtype="int64"),
)
pool.case(
    "shape: padding on the left and in between",
    embeddings=tensor([3, 5, 4], seed=28),
    attention_mask=tensor(
        values=[[0, 0, 1, 1, 1], [1, 0, 1, 0, 1], [0, 0, 0, 0, 1]], dtype="int64"
    ),
)
pool.case(
    "shape: zeros in the vectors",
    embeddings=tensor(
        values=[
            [[0.0, 2.0, 0.0], [3.0, 0.0, 0.0], [0.0, 4.0, 0.0], [9.0, 9.0, 9.0]],
            [[0.0, 0.0, 0.0], [5.0, -1.0, 0.0], [7.0, 7.0, 7.0], [0.0, 0.0, 0.0]],
        ]
    ),
    attention_mask=tensor(values=[[1, 1, 1, 0], [1, 1, 0, 0]], dtype="int64"),
)
pool.case(
    "empty: the first of three, in float32",
    embeddings=tensor([3, 4, 5], seed=29, dtype="float32"),
    attention_mask=tensor(values=[[0, 0, 0, 0], [1, 0, 0, 0], [1, 1, 1, 1]], dtype="int64"),
)
pool.case(
    "empty: no text has a real token",
    embeddings=tensor([2, 3, 5], seed=30),
    attention_mask=tensor([2, 3], kind="zeros", dtype="int64"),
)


@pool.cases
def drawn(rng):
    for _ in range(3):
        texts, longest, hidden = rng.sample(range(2, 9), 3)
        lengths = [longest, 1, *(rng.randint(1, longest) for _ in range(texts - 2))]
        yield {
            "embeddings": tensor([texts, longest, hidden], seed=rng.randrange(1 << 20)),
            "attention_mask": tensor(
                values=[[1] * length + [0] * (longest - length) for length in lengths],
                dtype="int64",
            ),
        }


POOLED = same("", dims="batch hidden")
pool.check(
    "the mean over each text's real tokens",
    POOLED,
    points=2,
    hint="Compute the first row of the first case by hand.",
    cases=("two*", "drawn*"),
)
pool.check(
    "any batch: one text, one token, padding anywhere",
    POOLED,
    points=1,
    hint="Print the shape after each line of your function, for a batch of one text too.",
    cases="shape*",
)
pool.check(
    "a text without a real token gives zeros, the others their mean",
    POOLED,
    points=1,
    hint="What is 0 / 0?",
    cases="empty*",
)

RETURN = "return total / mask.sum(dim=1).clamp(min=1)"
pool.mistake(
    "You average over the padding too: you do not use the mask.",
    RETURN,
    "return embeddings.mean(dim=1)",
)
pool.mistake(
    "You leave padding out of the sum, and count it all the same: divide by the number of real "
    "tokens.",
    RETURN,
    "return (embeddings * mask).mean(dim=1)",
)
pool.mistake(
    "A text without a real token gives NaN: you divide 0 by 0.",
    ".clamp(min=1)",
    "",
)
pool.mistake(
    "You sum the padding too: the mask belongs into the sum as well as into the count.",
    "(embeddings * mask)",
    "embeddings",
)
pool.mistake(
    "You sum and do not divide: a mean needs the number of real tokens.",
    RETURN,
    "return total",
)
pool.mistake(
    "You add 1 to every count, so that no text divides by 0. Every other mean is too small then.",
    ".clamp(min=1)",
    " + 1",
)
pool.mistake(
    "You divide by the number of real tokens of the whole batch. Each text has a count of its own.",
    RETURN,
    "return total / mask.sum().clamp(min=1)",
)
pool.mistake(
    "You divide by the length of the longest text. Each text has a count of its own.",
    RETURN,
    "return total / mask.sum(dim=1).max().clamp(min=1)",
)
pool.mistake(
    "You average over the numbers of each vector. Sum over the tokens, axis 1.",
    source="""
def mean_pool(embeddings, attention_mask):
    mask = attention_mask.unsqueeze(-1)
    return (embeddings * mask).sum(dim=2) / mask.sum(dim=2).clamp(min=1)
""",
)
pool.mistake(
    "You average over the texts. Sum over the tokens, axis 1.",
    source="""
def mean_pool(embeddings, attention_mask):
    mask = attention_mask.unsqueeze(-1)
    return (embeddings * mask).sum(dim=0) / mask.sum(dim=0).clamp(min=1)
""",
)
pool.mistake(
    "Your result has an axis too many: (batch, 1, hidden) instead of (batch, hidden).",
    RETURN,
    "return (total / mask.sum(dim=1).clamp(min=1)).unsqueeze(1)",
)
pool.mistake(
    "You lose axes of length 1, as of a batch of one: do not `squeeze`.",
    RETURN,
    "return (total / mask.sum(dim=1).clamp(min=1)).squeeze()",
)
pool.mistake(
    "You return the vector of the first token. Asked is the mean of all real ones.",
    RETURN,
    "return embeddings[:, 0]",
)
pool.mistake(
    "You take the largest number of each column. Asked is the mean.",
    RETURN,
    "return embeddings.masked_fill(mask == 0, float('-inf')).amax(dim=1)",
)
pool.mistake(
    "Your mask is turned round: 1 marks a real token.",
    "mask = attention_mask.unsqueeze(-1)",
    "mask = 1 - attention_mask.unsqueeze(-1)",
)
pool.mistake(
    "Your mask has its new axis at the wrong place: (batch, 1, sequence) meets the numbers of the "
    "vectors, not the tokens.",
    source="""
def mean_pool(embeddings, attention_mask):
    total = (embeddings * attention_mask.unsqueeze(1)).sum(dim=1)
    return total / attention_mask.sum(dim=1, keepdim=True).clamp(min=1)
""",
)
pool.mistake(
    "You do not give the mask a third axis: (batch, sequence) does not meet (batch, sequence, "
    "hidden) token by token.",
    source="""
def mean_pool(embeddings, attention_mask):
    total = (embeddings * attention_mask).sum(dim=1)
    return total / attention_mask.sum(dim=1, keepdim=True).clamp(min=1)
""",
)
pool.mistake(
    "You take the real tokens to stand at the beginning. The mask says where they are.",
    source="""
def mean_pool(embeddings, attention_mask):
    lengths = attention_mask.sum(dim=1)
    rows = [row[:n].sum(dim=0) / max(int(n), 1) for row, n in zip(embeddings, lengths)]
    return torch.stack(rows)
""",
)
pool.mistake(
    "You count the numbers that are not 0. A real token's vector may hold zeros: count by the "
    "mask.",
    RETURN,
    "return total / (embeddings * mask != 0).sum(dim=1).clamp(min=1)",
)
pool.mistake(
    "You drop the texts without a real token. They keep their row, of zeros.",
    RETURN,
    "return (total / mask.sum(dim=1))[attention_mask.any(dim=1)]",
)
pool.mistake(
    "You average over all tokens where none is real. Such a text gives zeros.",
    RETURN,
    "return torch.where(mask.any(dim=1), total / mask.sum(dim=1), embeddings.mean(dim=1))",
)
pool.mistake(
    "You leave out the first token. It is a real one, special or not.",
    "mask = attention_mask.unsqueeze(-1)",
    "mask = (attention_mask * (torch.arange(attention_mask.shape[1]) > 0)).unsqueeze(-1)",
)
pool.mistake(
    "You turn the mask into float32 for a product of matrices: those want one dtype. Use the one "
    "of the embeddings, which may be float64.",
    RETURN,
    "return (mask.mT.float() @ embeddings).squeeze(1) / mask.sum(dim=1).clamp(min=1)",
)
