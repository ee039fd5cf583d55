"""How `attentions` is graded: cases, rubric and known mistakes."""

from grader import batch, fixture, model, same, task, tensor

# ---------------------------------------------------------------- load_with_internals

load = task("load_with_internals", probe="loaded", wall=30.0)
load.case("DistilBERT", public=True, model_name="distilbert/distilbert-base-cased")
load.case("GPT-2", public=True, model_name="distilgpt2")


@load.cases
def bert_from_a_folder(rng):
    yield {"model_name": fixture("saved", seed=rng.randrange(10_000))}


load.check(
    "the outputs carry the hidden states",
    same("hidden_states", dims="batch sequence hidden"),
    points=1,
    hint="The probe calls `model(input_ids=..., attention_mask=...)` with nothing else.",
)
load.check(
    "the outputs carry the attentions",
    same("attentions", dims="batch head query key"),
    points=1,
    hint="None at all? Then the attention implementation does not form them.",
)
load.check("the model has no task head", same("without_head"), points=0.5)
load.check("the model is in evaluation mode", same("training"), points=0.5)

load.mistake(
    "Your model is in training mode. Call `.eval()` before you return it.",
    "return model.eval()",
    "return model.train()",
)
load.mistake(
    "Your model has a task head. `AutoModel` loads the base model alone.",
    source="""
def load_with_internals(model_name):
    from transformers import AutoModelForSequenceClassification

    return AutoModelForSequenceClassification.from_pretrained(
        model_name,
        attn_implementation="eager",
        output_hidden_states=True,
        output_attentions=True,
    ).eval()
""",
)
load.mistake(
    "Your model has random weights: `from_config` makes an architecture and loads no weights.",
    source="""
def load_with_internals(model_name):
    from transformers import AutoConfig

    config = AutoConfig.from_pretrained(
        model_name, output_hidden_states=True, output_attentions=True
    )
    return AutoModel.from_config(config, attn_implementation="eager").eval()
""",
)
load.mistake(
    "Your outputs carry no attentions: `output_attentions=True` is missing.",
    "        output_attentions=True,\n    )\n    return",
    "    )\n    return",
)
load.mistake(
    "Your outputs carry no hidden states: `output_hidden_states=True` is missing.",
    'attn_implementation="eager",\n        output_hidden_states=True,',
    'attn_implementation="eager",',
)
load.mistake(
    "`output_attentions=True` under SDPA attention gives an empty tuple. Load the model with "
    '`attn_implementation="eager"`.',
    source="""
def load_with_internals(model_name):
    from functools import partial

    model = AutoModel.from_pretrained(model_name).eval()
    model.forward = partial(model.forward, output_hidden_states=True, output_attentions=True)
    return model
""",
)
load.mistake(
    "You set `output_attentions` on the model. It belongs to the model's config, so pass it to "
    "`from_pretrained`.",
    source="""
def load_with_internals(model_name):
    model = AutoModel.from_pretrained(model_name, attn_implementation="eager")
    model.output_hidden_states = True
    model.output_attentions = True
    return model.eval()
""",
)
load.mistake(
    "You load the same model whatever `model_name` says.",
    "        model_name,\n        attn_implementation",
    '        "distilbert/distilbert-base-cased",\n        attn_implementation',
)
load.mistake(
    "Your code knows DistilBERT only. An `Auto...` class finds the architecture from the name.",
    source="""
def load_with_internals(model_name):
    from transformers import DistilBertModel

    if "distilbert" not in model_name:
        raise ValueError(f"{model_name} is not a DistilBERT")
    return DistilBertModel.from_pretrained(
        model_name,
        attn_implementation="eager",
        output_hidden_states=True,
        output_attentions=True,
    ).eval()
""",
)

load.equivalent(
    "transformers 5 chooses eager attention by itself when attentions are asked for at loading.",
    'attn_implementation="eager",',
    "",
)
load.equivalent(
    "`from_pretrained` hands out a model in evaluation mode.",
    "model.eval()",
    "model",
)

# ---------------------------------------------------------------- internals

look = task("internals", probe="seen")
look.case(
    "two texts of unequal length",
    public=True,
    model=model("distilbert", seed=1),
    batch=batch([[5, 61, 7, 8, 9], [5, 17, 9]]),
)
look.case(
    "another architecture",
    public=True,
    model=model("gpt2", seed=2),
    batch=batch([[31, 4, 77, 12], [9, 55]], kind="dict"),
)
look.case(
    "outputs that hold more than the internals",
    model=model("bert", seed=3),
    batch=batch([[7, 21, 22, 23, 24, 25], [7, 30], [7, 40, 41, 42]], kind="dict"),
)
look.case(
    "a batch of one, one head, one layer",
    model=model("distilbert", seed=4, heads=1, layers=1),
    batch=batch([[13, 14, 15, 16, 17, 18, 19]]),
)
look.case(
    "a text of one token",
    model=model("bert", seed=5, layers=1),
    batch=batch([[44], [50]], kind="dict"),
)
look.case(
    "a model with more layers than the lecture's",
    model=model("distilbert", seed=6, layers=8),
    batch=batch([[3, 4, 5], [6, 7, 8]]),
)
look.case(
    "the outputs are on already",
    model=model(
        "gpt2",
        seed=7,
        attn_implementation="eager",
        output_hidden_states=True,
        output_attentions=True,
    ),
    batch=batch([[71, 72, 73], [74, 75]]),
)


@look.cases
def drawn(rng):
    for arch in ("distilbert", "bert", "gpt2"):
        lengths = rng.sample(range(2, 9), 3)
        rows = [[rng.randrange(3, 97) for _ in range(length)] for length in lengths]
        yield {"model": model(arch, seed=rng.randrange(1 << 20)), "batch": batch(rows)}


look.check(
    "the hidden states are all there, in order",
    same("hidden_states", dims="batch sequence hidden"),
    points=1,
)
look.check(
    "the attentions are all there, in order",
    same("attentions", dims="batch head query key"),
    points=1.5,
    hint="An empty tuple means that the attention implementation does not form the weights.",
)
look.check(
    "no tensor carries a gradient graph",
    same("gradients"),
    points=0.5,
    given="the attentions are all there, in order",
)

look.mistake(
    "Under SDPA attention `output_attentions=True` gives an empty tuple. Switch the model to "
    "eager attention first.",
    '    model.set_attn_implementation("eager")\n',
    "",
)
look.mistake(
    "You do not ask for the outputs. The model may have been loaded without them: pass "
    "`output_hidden_states=True` and `output_attentions=True`.",
    source="""
def internals(model, batch):
    model.set_attn_implementation("eager")
    with torch.no_grad():
        outputs = model(batch["input_ids"], attention_mask=batch["attention_mask"])
    return outputs.hidden_states, outputs.attentions
""",
)
look.mistake(
    "You take the batch's tensors as attributes. A batch may be a plain `dict`: take them by "
    "their keys.",
    'batch["attention_mask"]',
    "batch.attention_mask",
)
look.mistake(
    "You do not pass the attention mask, so padding takes part.",
    '            attention_mask=batch["attention_mask"],\n',
    "",
)
look.mistake(
    "You return the attentions first. The hidden states come first.",
    "return outputs.hidden_states, outputs.attentions",
    "return outputs.attentions, outputs.hidden_states",
)
look.mistake(
    "You leave out the first hidden state, the embeddings: there are layers + 1 of them.",
    "return outputs.hidden_states, outputs.attentions",
    "return outputs.hidden_states[1:], outputs.attentions",
)
look.mistake(
    "You append the last hidden state, which is the last of `hidden_states` already.",
    "return outputs.hidden_states, outputs.attentions",
    "return (*outputs.hidden_states, outputs.last_hidden_state), outputs.attentions",
)
look.mistake(
    "What you return carries a gradient graph. Call the model under `torch.no_grad()`.",
    "with torch.no_grad():",
    "with torch.enable_grad():",
)
look.mistake(
    "You take the outputs by their position. That is right for DistilBERT alone: BERT has a "
    "pooled output and GPT-2 its cache at position 1.",
    "return outputs.hidden_states, outputs.attentions",
    "return outputs[1], outputs[2]",
)
look.mistake(
    "You return the last layer's attentions alone. There is one tensor a layer.",
    "return outputs.hidden_states, outputs.attentions",
    "return outputs.hidden_states, outputs.attentions[-1:]",
)
look.mistake(
    "You average over the heads. Keep the axis: (batch, heads, query, key).",
    "return outputs.hidden_states, outputs.attentions",
    "return outputs.hidden_states, tuple(a.mean(dim=1) for a in outputs.attentions)",
)
look.mistake(
    "Your attentions have their last two axes swapped: rows are queries, columns are keys.",
    "return outputs.hidden_states, outputs.attentions",
    "return outputs.hidden_states, tuple(a.transpose(2, 3) for a in outputs.attentions)",
)
look.mistake(
    "You lose the batch axis of a batch of one (or the head axis of a single head): `squeeze` "
    "removes every axis of length 1.",
    "return outputs.hidden_states, outputs.attentions",
    "return outputs.hidden_states, tuple(a.squeeze() for a in outputs.attentions)",
)
look.mistake(
    "You stop after six layers, as the lecture's plot does. Ask the output how many there are.",
    "return outputs.hidden_states, outputs.attentions",
    "return outputs.hidden_states[:7], outputs.attentions[:6]",
)
look.mistake(
    "You set the hidden states of padding to 0. Return what the model computed.",
    "return outputs.hidden_states, outputs.attentions",
    'real = batch["attention_mask"].unsqueeze(-1)\n'
    "    return tuple(h * real for h in outputs.hidden_states), outputs.attentions",
)

# ---------------------------------------------------------------- attention_weights

weigh = task("attention_weights", probe="weighed")
weigh.case(
    "two queries, three keys",
    public=True,
    query=tensor(values=[[[2.0, 0.0, 1.0, 1.0], [0.0, 1.0, -1.0, 3.0]]]),
    key=tensor(values=[[[1.0, 1.0, 0.0, 2.0], [0.0, -1.0, 2.0, 1.0], [3.0, 0.0, 1.0, -1.0]]]),
)
weigh.case(
    "masked: the last key is padding",
    public=True,
    query=tensor(values=[[[2.0, 0.0, 1.0, 1.0], [0.0, 1.0, -1.0, 3.0]]]),
    key=tensor(values=[[[1.0, 1.0, 0.0, 2.0], [0.0, -1.0, 2.0, 1.0], [3.0, 0.0, 1.0, -1.0]]]),
    mask=tensor(values=[[1, 1, 0]], dtype="int64"),
)
weigh.case(
    "many heads",
    query=tensor([2, 3, 4, 5], seed=11),
    key=tensor([2, 3, 6, 5], seed=12),
)
weigh.case(
    "no leading axes",
    query=tensor([3, 7], seed=13),
    key=tensor([4, 7], seed=14),
)
weigh.case(
    "one query, one key, vectors of length 1",
    query=tensor([1, 1, 1], seed=15),
    key=tensor([1, 1, 1], seed=16),
)
weigh.case(
    "masked: many heads, each with a mask of its own",
    query=tensor([2, 3, 4, 5], seed=17),
    key=tensor([2, 3, 4, 5], seed=18),
    mask=tensor(
        values=[
            [[1, 1, 1, 0], [1, 0, 1, 1], [0, 1, 1, 0]],
            [[1, 0, 0, 0], [1, 1, 1, 1], [0, 0, 1, 1]],
        ],
        dtype="int64",
    ),
)
weigh.case(
    "masked: no leading axes",
    query=tensor([3, 7], seed=19),
    key=tensor([4, 7], seed=20),
    mask=tensor(values=[0, 1, 1, 0], dtype="int64"),
)
weigh.case(
    "masked: as many queries as keys",
    query=tensor([2, 4, 6], seed=21),
    key=tensor([2, 4, 6], seed=22),
    mask=tensor(values=[[1, 1, 0, 0], [1, 1, 1, 0]], dtype="int64"),
)
weigh.case(
    "masked: nothing is padding",
    query=tensor([2, 3, 2, 5], seed=23),
    key=tensor([2, 3, 4, 5], seed=24),
    mask=tensor([2, 3, 4], kind="ones", dtype="int64"),
)
weigh.case(
    "masked: five axes",
    query=tensor([2, 1, 3, 2, 4], seed=25),
    key=tensor([2, 1, 3, 5, 4], seed=26),
    mask=tensor(
        values=[
            [[[1, 1, 1, 1, 0], [1, 1, 1, 0, 0], [1, 1, 0, 0, 0]]],
            [[[1, 0, 0, 0, 0], [1, 1, 1, 1, 1], [0, 1, 0, 1, 0]]],
        ],
        dtype="int64",
    ),
)
weigh.case(
    "masked: float32",
    query=tensor([2, 3, 4], seed=27, dtype="float32"),
    key=tensor([2, 5, 4], seed=28, dtype="float32"),
    mask=tensor(values=[[1, 1, 1, 1, 0], [1, 1, 0, 0, 0]], dtype="int64"),
)
# Every score is exact in float32 too, up to 850; exp(850) is infinite in float64.
weigh.case(
    "extreme: an exponential that overflows",
    query=tensor(values=[[32.0, 0.0, 0.0, 0.0], [-32.0, 0.0, 0.0, 0.0]]),
    key=tensor(
        values=[
            [53.125, 0.0, 0.0, 0.0],
            [53.0625, 1.0, 0.0, 0.0],
            [53.03125, 0.0, 0.0, 1.0],
            [-53.125, 0.0, 0.0, 0.0],
            [-53.09375, 0.0, 1.0, 0.0],
        ]
    ),
)
weigh.case(
    "extreme masked: the padding has the largest score by far",
    query=tensor(values=[[[900.0, 0.0], [0.0, 900.0]]]),
    key=tensor(values=[[[1.0, -2.0], [4000.0, 5000.0], [1.5, -2.5], [-9.0, -2.25]]]),
    mask=tensor(values=[[1, 0, 1, 1]], dtype="int64"),
)
weigh.case(
    "extreme masked: every real score is below every constant",
    query=tensor(values=[[[1e16, 0.0], [0.0, 1e16]], [[1e16, 1e16], [-1e16, 0.0]]]),
    key=tensor(
        values=[
            [[3e16, -7e16], [-2e16, -3e16], [5e16, 2e16], [1e16, -5e16], [-4e16, -6e16]],
            [[-3e16, -1e16], [-1e16, -9e16], [-6e16, -2e16], [2e16, 8e16], [-8e16, -7e16]],
        ]
    ),
    mask=tensor(values=[[1, 1, 0, 1, 1], [1, 1, 1, 0, 0]], dtype="int64"),
)


@weigh.cases
def masked(rng):
    for leading in ([3], [2, 4], []):
        queries, keys, width = rng.sample(range(2, 9), 3)
        yield {
            "query": tensor([*leading, queries, width], seed=rng.randrange(1 << 20)),
            "key": tensor([*leading, keys, width], seed=rng.randrange(1 << 20)),
            "mask": tensor(values=_mask(rng, leading, keys), dtype="int64"),
        }


def _mask(rng, leading, keys):
    """Nested lists of 1 and 0; every row has a real key and a masked one."""
    if leading:
        return [_mask(rng, leading[1:], keys) for _ in range(leading[0])]
    row = [1, 0, *(rng.randint(0, 1) for _ in range(keys - 2))]
    rng.shuffle(row)
    return row


@weigh.cases
def unmasked(rng):
    for leading in ([2], [2, 3], []):
        queries, keys, width = rng.sample(range(2, 9), 3)
        yield {
            "query": tensor([*leading, queries, width], seed=rng.randrange(1 << 20)),
            "key": tensor([*leading, keys, width], seed=rng.randrange(1 << 20)),
        }


weigh.check(
    "without a mask: softmax(q kᵀ / sqrt(d)) over the keys",
    same("weights"),
    points=1.5,
    cases=("two*", "many*", "no *", "one*", "unmasked*"),
)
weigh.check(
    "with a mask: the real keys share all the weight",
    same("weights"),
    points=1,
    hint="The real keys of every row sum to 1.",
    cases="masked*",
)
weigh.check(
    "masked keys get exactly 0",
    same("masked", exact=True),
    points=0.5,
    hint="A score that is only small leaves a weight that is only small.",
    cases=("masked*", "extreme masked*"),
    given="with a mask: the real keys share all the weight",
)
weigh.check(
    "extreme scores give right weights, and no NaN",
    same("weights"),
    points=1,
    hint="Can every real score be below the number that you put at the masked keys?",
    cases="extreme*",
)

weigh.mistake(
    "You do not divide the scores by sqrt(d).",
    " / math.sqrt(query.shape[-1])",
    "",
)
weigh.mistake(
    "You divide by d. Divide by its square root.",
    "math.sqrt(query.shape[-1])",
    "query.shape[-1]",
)
weigh.mistake(
    "You divide by the root of the number of keys. d is the length of one query vector.",
    "math.sqrt(query.shape[-1])",
    "math.sqrt(key.shape[-2])",
)
weigh.mistake(
    "Your softmax runs over the queries. Each row, one query, must sum to 1 over its keys.",
    "scores.softmax(dim=-1)",
    "scores.softmax(dim=-2)",
)
weigh.mistake(
    "You swap axes 1 and 2 of `key`. With heads, or without a batch, these are not the last two: "
    "count from the end.",
    "key.transpose(-2, -1)",
    "key.transpose(1, 2)",
)
weigh.mistake(
    "You fill masked scores with a large negative number. A real score can be lower still.",
    'float("-inf")',
    "-1e9",
)
weigh.mistake(
    "You add a large negative number to masked scores. A masked score can be larger still.",
    'scores = scores.masked_fill(mask.unsqueeze(-2) == 0, float("-inf"))',
    "scores = scores + (1 - mask.unsqueeze(-2)) * -1e9",
)
weigh.mistake(
    "You add -10000 to masked scores. That is not enough where scores are extreme: fill in -inf.",
    'scores = scores.masked_fill(mask.unsqueeze(-2) == 0, float("-inf"))',
    "scores = scores + (1 - mask.unsqueeze(-2)) * -10000.0",
)
weigh.mistake(
    "You add minus infinity times 0 to the real scores. That is NaN: fill in -inf where the mask "
    "is 0.",
    'scores = scores.masked_fill(mask.unsqueeze(-2) == 0, float("-inf"))',
    'scores = scores + (1 - mask.unsqueeze(-2)) * float("-inf")',
)
weigh.mistake(
    "Your mask lacks an axis. It is (..., key) and the scores are (..., query, key): give it one "
    "before the last.",
    "mask.unsqueeze(-2) == 0",
    "mask == 0",
)
weigh.mistake(
    "Your masked keys get a tiny weight, not exactly 0: the number that you fill in is too near.",
    'float("-inf")',
    "-100.0",
)
weigh.mistake(
    "You set masked scores to 0 before the softmax. exp(0) is 1, so they keep weight.",
    'float("-inf")',
    "0.0",
)
weigh.mistake(
    "You set masked weights to 0 after the softmax. The real keys then no longer sum to 1.",
    source="""
def attention_weights(query, key, mask=None):
    scores = query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])
    weights = scores.softmax(dim=-1)
    return weights if mask is None else weights * mask.unsqueeze(-2)
""",
)
weigh.mistake(
    "You mask after the softmax and divide by the sum. Where a masked score is far above the "
    "real ones that is 0 / 0: NaN.",
    source="""
def attention_weights(query, key, mask=None):
    scores = query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])
    weights = scores.softmax(dim=-1)
    if mask is not None:
        weights = weights * mask.unsqueeze(-2)
    return weights / weights.sum(dim=-1, keepdim=True)
""",
)
weigh.mistake(
    "Your exponentials overflow. Subtract each row's maximum first, or use `softmax`.",
    source="""
def attention_weights(query, key, mask=None):
    scores = query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])
    weights = scores.exp()
    if mask is not None:
        weights = weights * mask.unsqueeze(-2)
    return weights / weights.sum(dim=-1, keepdim=True)
""",
)
weigh.mistake(
    "Your mask removes queries. It marks keys: its new axis goes before the last one.",
    "mask.unsqueeze(-2) == 0",
    "mask.unsqueeze(-1) == 0",
)
weigh.mistake(
    "You take the mask for (batch, key) and the queries for (batch, heads, query, d). The mask "
    "has the leading axes of `query`, however many there are.",
    "mask.unsqueeze(-2) == 0",
    "mask[:, None, None, :] == 0",
)
weigh.mistake(
    "Your mask is turned round: 1 marks a real key.",
    "mask.unsqueeze(-2) == 0",
    "mask.unsqueeze(-2) == 1",
)
weigh.mistake(
    "You ignore the mask.",
    "    if mask is not None:\n"
    '        scores = scores.masked_fill(mask.unsqueeze(-2) == 0, float("-inf"))\n',
    "",
)
weigh.mistake(
    "You use the mask also where there is none: it may be None.",
    "    if mask is not None:\n        scores = scores.masked",
    "    if True:\n        scores = scores.masked",
)
weigh.mistake(
    "You take padding to stand at the end. The mask says where it is.",
    "mask.unsqueeze(-2) == 0",
    "(torch.arange(mask.shape[-1]) >= mask.sum(dim=-1, keepdim=True)).unsqueeze(-2)",
)
weigh.mistake(
    "You lose axes of length 1, as of a batch of one: do not `squeeze`.",
    "scores.softmax(dim=-1)",
    "scores.softmax(dim=-1).squeeze()",
)

weigh.equivalent(
    "To exchange two axes is the same whichever is named first.",
    "key.transpose(-2, -1)",
    "key.transpose(-1, -2)",
)
