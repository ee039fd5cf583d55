"""How `generate` is graded: cases, rubric and known mistakes."""

from itertools import pairwise
from math import exp

from grader import drawn_from, fixture, model, pretrained, same, task, tensor, tokenizer, within

LECTURE = {
    "model": pretrained("distilgpt2", head="causal-lm"),
    "tokenizer": tokenizer("distilgpt2"),
}


def _small(prompt, count=12, own_pad=False, kind="writer", **options):
    """A model on a vocabulary of `count` characters, with its tokenizer and a prompt."""
    alphabet = fixture("characters", count=count, own_pad=own_pad)
    return {
        "model": fixture(kind, tokenizer=alphabet, **options),
        "tokenizer": alphabet,
        "prompt": prompt,
    }


# ---------------------------------------------------------------- greedy

write = task("greedy", wall=30.0, needs=("greedy_by_hand",))
write.case(
    "the lecture's prompt",
    public=True,
    **LECTURE,
    prompt="Once upon a time",
    max_new_tokens=8,
)
write.case(
    "the lecture's model, and a prompt of two lines",
    **LECTURE,
    prompt="Roses are red,\nviolets are blue",
    max_new_tokens=5,
)
# The seeds of these cases are chosen so that the best token is ahead of the next one by 0.01 or
# more at every step, and so that the end token comes where the name says.
write.case(
    "end: it comes after three tokens",
    public=True,
    **_small("abc", seed=103, spread=0.3, end_as="l"),
    max_new_tokens=10,
)
write.case(
    "more tokens than generate adds by itself",
    **_small("ab", count=30, seed=200, spread=0.3),
    max_new_tokens=27,
)
write.case(
    "a prompt longer than the continuation",
    **_small("abcdefghijkl", seed=306, spread=0.3),
    max_new_tokens=4,
)
write.case(
    "one token",
    **_small("e", seed=400, spread=0.3),
    max_new_tokens=1,
)
write.case(
    "end: it comes first",
    **_small("fgh", seed=504, spread=0.3, end_as="l"),
    max_new_tokens=5,
)
write.case(
    "end: padding has a token of its own",
    **_small("hgf", own_pad=True, seed=600, spread=0.3, end_as="l"),
    max_new_tokens=12,
)


@write.cases
def drawn(rng):
    """The end token may come or not."""
    for count in (12, 24, 40):
        prompt = "".join(rng.choices("abcdefghijkl", k=rng.randint(1, 6)))
        yield {
            **_small(prompt, count, seed=rng.randrange(1 << 20), spread=0.3),
            "max_new_tokens": rng.randint(6, 14),
        }


write.check(
    "prompt and greedy continuation, as one text",
    same(),
    points=1.25,
    cases=("the lecture*", "more*", "a prompt*", "one*", "drawn*"),
)
write.check(
    "the end token ends the text, and is left out",
    same(),
    points=0.75,
    cases="end*",
)

write.mistake(
    "You sample. Greedy takes the most likely token every time: `do_sample=False`.",
    "        do_sample=False,\n",
    "        do_sample=True,\n",
)
write.mistake(
    "`max_length` counts the prompt too. Use `max_new_tokens`.",
    source="""
def greedy(model, tokenizer, prompt, max_new_tokens):
    inputs = tokenizer(prompt, return_tensors="pt")
    ids = model.generate(**inputs, do_sample=False, max_length=max_new_tokens)
    return tokenizer.decode(ids[0], skip_special_tokens=True)
""",
)
write.mistake(
    "You do not pass `max_new_tokens`, so `generate` stops after 20 tokens of its own accord.",
    source="""
def greedy(model, tokenizer, prompt, max_new_tokens):
    inputs = tokenizer(prompt, return_tensors="pt")
    ids = model.generate(**inputs, do_sample=False)
    return tokenizer.decode(ids[0], skip_special_tokens=True)
""",
)
write.mistake(
    "Your text shows special tokens. Decode with `skip_special_tokens=True`.",
    "tokenizer.decode(ids[0], skip_special_tokens=True)",
    "tokenizer.decode(ids[0])",
)
write.mistake(
    "You return the continuation alone. The prompt belongs to the text.",
    "tokenizer.decode(ids[0], skip_special_tokens=True)",
    'tokenizer.decode(ids[0, inputs["input_ids"].shape[1] :], skip_special_tokens=True)',
)
write.mistake(
    "Your text has the prompt twice: `generate` returns the prompt's ids too.",
    "tokenizer.decode(ids[0], skip_special_tokens=True)",
    "prompt + tokenizer.decode(ids[0], skip_special_tokens=True)",
)
write.mistake(
    "You search with beams. Greedy looks at one continuation: `num_beams=1`.",
    "        do_sample=False,\n",
    "        do_sample=False,\n        num_beams=4,\n",
)
write.mistake(
    "You write on after the end token.",
    source="""
def greedy(model, tokenizer, prompt, max_new_tokens):
    ids = tokenizer(prompt, return_tensors="pt")["input_ids"]
    for _ in range(max_new_tokens):
        with torch.no_grad():
            best = model(ids).logits[:, -1].argmax(dim=-1, keepdim=True)
        ids = torch.cat([ids, best], dim=-1)
    return tokenizer.decode(ids[0], skip_special_tokens=True)
""",
)
write.mistake(
    "You forbid the end token until `max_new_tokens` are there.",
    "        do_sample=False,\n",
    "        do_sample=False,\n        min_new_tokens=max_new_tokens,\n",
)
write.mistake(
    "You forbid repetitions. Greedy takes the most likely token, repeated or not.",
    "        do_sample=False,\n",
    "        do_sample=False,\n        no_repeat_ngram_size=2,\n",
)
write.mistake(
    "You return the first line alone. A text may have several.",
    "tokenizer.decode(ids[0], skip_special_tokens=True)",
    'tokenizer.decode(ids[0], skip_special_tokens=True).split("\\n")[0]',
)
write.mistake(
    "You return a list. One prompt gives one text.",
    "tokenizer.decode(ids[0], skip_special_tokens=True)",
    "tokenizer.batch_decode(ids, skip_special_tokens=True)",
)

write.equivalent(
    "Models come with a generation config that does not sample by itself.",
    "do_sample=False,",
    "",
)
write.equivalent(
    "A single row is never padded: the option keeps `generate` from warning.",
    "        do_sample=False,\n        max_new_tokens=max_new_tokens,\n"
    "        pad_token_id=tokenizer.pad_token_id,\n",
    "        do_sample=False,\n        max_new_tokens=max_new_tokens,\n        \n",
)
write.equivalent(
    "`generate` gives one row here: the first is the last.",
    "tokenizer.decode(ids[0], skip_special_tokens=True)",
    "tokenizer.decode(ids[-1], skip_special_tokens=True)",
)

# ---------------------------------------------------------------- greedy_by_hand

step = task("greedy_by_hand", probe="continued", wall=30.0)
# Here too the seeds are such that the best token is well ahead.
step.case(
    "one row",
    public=True,
    model=model("gpt2", seed=12, head="causal-lm"),
    input_ids=tensor(values=[[31, 4, 77]], dtype="int64"),
    max_new_tokens=5,
)
step.case(
    "three rows",
    public=True,
    model=model("gpt2", seed=21, head="causal-lm"),
    input_ids=tensor(values=[[5, 6, 7, 8], [60, 50, 40, 30], [9, 9, 1, 2]], dtype="int64"),
    max_new_tokens=6,
)
step.case(
    "a row goes on after the end token",
    model=model("gpt2", seed=30, head="causal-lm", eos_token_id=46),
    input_ids=tensor(values=[[11, 12, 13], [21, 22, 23]], dtype="int64"),
    max_new_tokens=9,
)
step.case(
    "the end token comes first in a batch of one",
    model=model("gpt2", seed=41, head="causal-lm", eos_token_id=45),
    input_ids=tensor(values=[[71, 72]], dtype="int64"),
    max_new_tokens=7,
)
step.case(
    "a single token to start from, a single one to add",
    model=model("gpt2", seed=50, head="causal-lm"),
    input_ids=tensor(values=[[3], [8]], dtype="int64"),
    max_new_tokens=1,
)
step.case(
    "another architecture",
    model=model("bert", seed=60, head="causal-lm", eos_token_id=1),
    input_ids=tensor(values=[[15, 25, 35, 45], [4, 3, 2, 1]], dtype="int64"),
    max_new_tokens=6,
)
step.case(
    "a long continuation",
    model=model("gpt2", seed=74, head="causal-lm"),
    input_ids=tensor(values=[[88, 2, 19, 45, 6]], dtype="int64"),
    max_new_tokens=22,
)


@step.cases
def random_rows(rng):
    """The end token may be among the ids or not."""
    for vocab in (97, 15):
        width, height = rng.randint(2, 6), rng.randint(2, 4)
        rows = [[rng.randrange(vocab) for _ in range(width)] for _ in range(height)]
        options = {"seed": rng.randrange(1 << 20), "eos_token_id": rng.randrange(vocab)}
        yield {
            "model": model("gpt2", head="causal-lm", vocab=vocab, **options),
            "input_ids": tensor(values=rows, dtype="int64"),
            "max_new_tokens": rng.randint(7, 10),
        }


step.check(
    "every row continues with its most likely tokens",
    same("ids", dims="batch sequence", dtype="exact"),
    points=2,
)
step.check(
    "it is written without `generate`",
    same("generate_calls"),
    points=0.5,
    hint="Call the model itself: it gives logits.",
    given="every row continues with its most likely tokens",
)

step.mistake(
    "You stop at the end token. Here no token is special: every row gets `max_new_tokens`.",
    "        input_ids = torch.cat([input_ids, next_ids], dim=-1)\n",
    "        input_ids = torch.cat([input_ids, next_ids], dim=-1)\n"
    "        if (next_ids == model.config.eos_token_id).any():\n"
    "            break\n",
)
step.mistake(
    "You stop once every row has its end token. Here no token is special: every row gets "
    "`max_new_tokens`.",
    "        input_ids = torch.cat([input_ids, next_ids], dim=-1)\n",
    "        input_ids = torch.cat([input_ids, next_ids], dim=-1)\n"
    "        if (next_ids == model.config.eos_token_id).all():\n"
    "            break\n",
)
step.mistake(
    "You fill a row up after its end token. Here no token is special.",
    "        input_ids = torch.cat([input_ids, next_ids], dim=-1)\n",
    "        ended = (input_ids == model.config.eos_token_id).any(dim=-1, keepdim=True)\n"
    "        next_ids = next_ids.masked_fill(ended, model.config.eos_token_id)\n"
    "        input_ids = torch.cat([input_ids, next_ids], dim=-1)\n",
)
step.mistake(
    "You mask the end token, as if it were padding. There is no padding here.",
    "model(input_ids).logits",
    "model(input_ids, attention_mask=(input_ids != model.config.eos_token_id).long()).logits",
)
step.mistake(
    "You sample. Take the largest logit.",
    "logits[:, -1].argmax(dim=-1, keepdim=True)",
    "logits[:, -1].softmax(dim=-1).multinomial(1)",
)
step.mistake(
    "You return the new tokens alone. The row that they continue comes first.",
    "    return input_ids\n\n\ndef top_p_probabilities",
    "    return input_ids[:, -max_new_tokens:]\n\n\ndef top_p_probabilities",
)
step.mistake(
    "You add one token too few.",
    "range(max_new_tokens)",
    "range(max_new_tokens - 1)",
)
step.mistake(
    "You add one token too many.",
    "range(max_new_tokens)",
    "range(max_new_tokens + 1)",
)
step.mistake(
    "You squeeze the result, and a batch of one loses its first axis.",
    "    return input_ids\n\n\ndef top_p_probabilities",
    "    return input_ids.squeeze()\n\n\ndef top_p_probabilities",
)
step.mistake(
    "You take all the new tokens from one call: its likeliest few. Each new token needs a call of "
    "its own, on all the tokens before it.",
    source="""
def greedy_by_hand(model, input_ids, max_new_tokens):
    with torch.no_grad():
        likely = model(input_ids).logits[:, -1].topk(max_new_tokens, dim=-1).indices
    return torch.cat([input_ids, likely], dim=-1)
""",
)
step.mistake(
    "After the first call you show the model the newest token alone. Without a cache it needs all "
    "the tokens before.",
    source="""
def greedy_by_hand(model, input_ids, max_new_tokens):
    shown = input_ids
    for _ in range(max_new_tokens):
        with torch.no_grad():
            shown = model(shown).logits[:, -1].argmax(dim=-1, keepdim=True)
        input_ids = torch.cat([input_ids, shown], dim=-1)
    return input_ids
""",
)
step.mistake(
    "You take the logits at the first position. Those at the last one are about the next token.",
    "logits[:, -1]",
    "logits[:, 0]",
)
step.mistake(
    "You give every row the first row's token.",
    "logits[:, -1].argmax(dim=-1, keepdim=True)",
    "logits[:1, -1].argmax(dim=-1, keepdim=True).expand(len(input_ids), 1)",
)
step.mistake(
    "You show the model the newest token alone, without a cache of the ones before.",
    "model(input_ids).logits",
    "model(input_ids[:, -1:]).logits",
)
step.mistake(
    "You show the model the last few tokens only. All of them count.",
    "model(input_ids).logits",
    "model(input_ids[:, -8:]).logits",
)
step.mistake(
    "You use the parts that GPT-2 is made of. Call the model itself: every causal model gives "
    "logits.",
    "model(input_ids).logits",
    "model.lm_head(model.transformer(input_ids)[0])",
)
step.mistake(
    "You call `generate`. Write the loop yourself.",
    source="""
def greedy_by_hand(model, input_ids, max_new_tokens):
    return model.generate(
        input_ids,
        attention_mask=torch.ones_like(input_ids),
        do_sample=False,
        max_new_tokens=max_new_tokens,
        eos_token_id=-1,
        pad_token_id=0,
    )
""",
)
step.mistake(
    "You call `generate`, and it treats the end token specially.",
    source="""
def greedy_by_hand(model, input_ids, max_new_tokens):
    return model.generate(
        input_ids,
        attention_mask=torch.ones_like(input_ids),
        do_sample=False,
        max_new_tokens=max_new_tokens,
    )
""",
)

step.equivalent(
    "The index of the largest logit carries no gradient graph: only time and memory differ.",
    ("with torch.no_grad():", "if True:"),
    ("torch.no_grad", "torch.enable_grad"),
)
step.equivalent(
    "Ids, and the logits at one position, have two axes: the last one is axis 1.",
    (
        "logits[:, -1].argmax(dim=-1, keepdim=True)",
        "logits[:, -1].argmax(dim=1, keepdim=True)",
    ),
    (
        "torch.cat([input_ids, next_ids], dim=-1)",
        "torch.cat([input_ids, next_ids], dim=1)",
    ),
)

# ---------------------------------------------------------------- top_p_probabilities

nucleus = task("top_p_probabilities", probe="filtered")
# The probabilities are near 0.31, 0.11, 0.42, 0.02, 0.14: unsorted, and no order of its own undoes
# the sort.
nucleus.case(
    "five tokens",
    public=True,
    logits=tensor(values=[1.1, 0.1, 1.4, -1.6, 0.3]),
    top_p=0.8,
)
nucleus.case(
    "two rows, two nuclei",
    public=True,
    logits=tensor(values=[[1.1, 0.1, 1.4, -1.6, 0.3], [0.2, 4.0, 0.0, 1.0, -1.0]]),
    top_p=0.8,
)
nucleus.case(
    "at least one: top_p is below the largest probability",
    logits=tensor(values=[[0.5, 2.0, -1.0, 1.0], [3.0, 0.1, 0.7, -2.0]]),
    top_p=0.2,
)
nucleus.case(
    "at least one: top_p is tiny",
    logits=tensor(values=[0.3, -0.4, 0.9, 0.1, 0.6, -1.0]),
    top_p=1e-9,
)
nucleus.case(
    "every token is needed",
    logits=tensor(values=[[0.3, -0.4, 0.9, 0.1], [-0.2, 1.1, 0.4, -0.9]]),
    top_p=0.999,
)
# Here the sum of all probabilities, rounded, is a little above 1, in float32 too: whether a sum
# that is exactly top_p reaches it is left open.
nucleus.case(
    "top_p of 1 keeps every token",
    logits=tensor(values=[[1.0, 1.25, -1.25, -0.5, 0.0], [-1.0, 0.25, 0.75, 1.25, -1.25]]),
    top_p=1.0,
)
nucleus.case(
    "more axes",
    logits=tensor([2, 3, 7], seed=32, scale=2.0),
    top_p=0.7,
)
nucleus.case(
    "a batch of one, a vocabulary of one",
    logits=tensor(values=[[-3.0]]),
    top_p=0.5,
)
nucleus.case(
    "a nucleus of more than 50 tokens",
    logits=tensor([2, 120], seed=72, scale=0.5),
    top_p=0.9,
)
nucleus.case(
    "extreme logits",
    logits=tensor(
        values=[
            [-1000.0, 1000.0, 998.5, 0.0, 999.25],
            [-2000.0, -1e9, -2001.0, -3000.0, -1e12],
            [1e30, -1e30, 1e15, 0.0, 2e30],
            [-5e10, -2e10, -4e10, -9e10, -7e10],
        ]
    ),
    top_p=0.85,
)
nucleus.case(
    "float32",
    logits=tensor([3, 9], seed=37, scale=2.0, dtype="float32"),
    top_p=0.75,
)


@nucleus.cases
def spaced(rng):
    """Logits whose probabilities are known here, so that no sum comes near top_p."""
    for leading in ((), (3,), (2, 2)):
        size, top_p = rng.randint(4, 9), round(rng.uniform(0.3, 0.95), 3)
        yield {"logits": tensor(values=_logits(rng, leading, size, top_p)), "top_p": top_p}


def _logits(rng, leading, size, top_p):
    if leading:
        return [_logits(rng, leading[1:], size, top_p) for _ in range(leading[0])]
    while True:
        row = [round(rng.gauss(0.0, 1.5), 3) for _ in range(size)]
        if _is_clear(row, top_p):
            return row


def _is_clear(row, top_p):
    """No two probabilities are near each other, no sum of the largest is near top_p, and some
    token is in the nucleus and some is not."""
    weights = sorted(map(exp, row), reverse=True)
    shares = [weight / sum(weights) for weight in weights]
    sums = [sum(shares[: count + 1]) for count in range(len(shares) - 1)]
    apart = min(one - other for one, other in pairwise(shares))
    return apart > 0.004 and min(abs(total - top_p) for total in sums) > 0.004 and sums[-1] > top_p


nucleus.check(
    "the nucleus is the smallest set that reaches top_p; all else is exactly 0",
    same("exactly 0"),
    points=1.5,
    hint="The token that crosses top_p belongs to it.",
)
nucleus.check(
    "the nucleus is renormalised, each token at its own place",
    same("probabilities"),
    points=1.5,
    hint="Every row sums to 1, and the proportions within the nucleus are the model's.",
)

KEPT = "kept = before < top_p"
OWN_PLACES = "probabilities.scatter(-1, order, likely_first * kept)"
nucleus.mistake(
    "You leave out the token that crosses top_p.",
    KEPT,
    "kept = before + likely_first <= top_p",
)
nucleus.mistake(
    "You may leave no token at all: at least the most likely one is in the nucleus.",
    "    kept = before < top_p\n    kept[..., 0] = True\n",
    "    kept = before + likely_first <= top_p\n",
)
nucleus.mistake(
    "You keep one token too many: the one after the token that crosses top_p.",
    KEPT,
    "kept = before - likely_first.roll(1, dims=-1) < top_p",
)
nucleus.mistake(
    "You do not renormalise: the nucleus must sum to 1.",
    "return nucleus / nucleus.sum(dim=-1, keepdim=True)",
    "return nucleus",
)
nucleus.mistake(
    "You divide by top_p. The nucleus holds more than that: divide by its sum.",
    "nucleus.sum(dim=-1, keepdim=True)",
    "top_p",
)
nucleus.mistake(
    "You divide by the sum over all rows. Every row is a distribution of its own.",
    "nucleus.sum(dim=-1, keepdim=True)",
    "nucleus.sum()",
)
nucleus.mistake(
    "Your probabilities are sorted. Bring each back to its token's place.",
    OWN_PLACES,
    "likely_first * kept",
)
nucleus.mistake(
    "You undo the sort with `gather`. That sorts once more: `scatter` is its inverse.",
    OWN_PLACES,
    "(likely_first * kept).gather(-1, order)",
)
nucleus.mistake(
    "You compare single probabilities with a threshold. It is the sum of the likeliest ones that "
    "has to reach top_p.",
    OWN_PLACES,
    "probabilities * (probabilities > 1 - top_p)",
)
nucleus.mistake(
    "You sort from small to large, so you keep the least likely tokens.",
    "descending=True",
    "descending=False",
)
nucleus.mistake(
    "You take every row's nucleus to be as large as the first row's.",
    KEPT,
    "kept = (before < top_p).flatten(0, -2)[0].expand(before.shape).clone()"
    " if before.dim() > 1 else before < top_p",
)
nucleus.mistake(
    "Your softmax runs over the first axis. The vocabulary is the last one.",
    "logits.softmax(dim=-1)",
    "logits.softmax(dim=0)",
)
nucleus.mistake(
    "You sort and add up over axis 1. With more axes than two that is not the last one: `dim=-1`.",
    source="""
def top_p_probabilities(logits, top_p):
    rows = logits if logits.dim() > 1 else logits[None]
    likely_first, order = rows.softmax(dim=1).sort(dim=1, descending=True)
    outside = likely_first.cumsum(dim=1) - likely_first >= top_p
    outside[:, 0] = False
    kept = likely_first.masked_fill(outside, 0.0)
    kept = kept / kept.sum(dim=1, keepdim=True)
    return torch.zeros_like(kept).scatter(1, order, kept).reshape(logits.shape)
""",
)
nucleus.mistake(
    "Your other tokens get a tiny probability, not exactly 0.",
    source="""
def top_p_probabilities(logits, top_p):
    likely_first, order = logits.softmax(dim=-1).sort(dim=-1, descending=True)
    outside = likely_first.cumsum(dim=-1) - likely_first >= top_p
    outside[..., 0] = False
    outside = torch.zeros_like(outside).scatter(-1, order, outside)
    return torch.where(outside, logits - 100, logits).softmax(dim=-1)
""",
)
nucleus.mistake(
    "You fill the logits outside the nucleus with a large negative number. The others can be lower "
    "still: use -inf.",
    source="""
def top_p_probabilities(logits, top_p):
    likely_first, order = logits.softmax(dim=-1).sort(dim=-1, descending=True)
    outside = likely_first.cumsum(dim=-1) - likely_first >= top_p
    outside[..., 0] = False
    outside = torch.zeros_like(outside).scatter(-1, order, outside)
    return logits.masked_fill(outside, -1e9).softmax(dim=-1)
""",
)
nucleus.mistake(
    "You set the logits outside the nucleus to 0 before the softmax. exp(0) is 1: use -inf.",
    source="""
def top_p_probabilities(logits, top_p):
    likely_first, order = logits.softmax(dim=-1).sort(dim=-1, descending=True)
    outside = likely_first.cumsum(dim=-1) - likely_first >= top_p
    outside[..., 0] = False
    outside = torch.zeros_like(outside).scatter(-1, order, outside)
    return logits.masked_fill(outside, 0.0).softmax(dim=-1)
""",
)
nucleus.mistake(
    "You apply softmax to probabilities: that flattens them.",
    "return nucleus / nucleus.sum(dim=-1, keepdim=True)",
    'return nucleus.masked_fill(nucleus == 0, float("-inf")).softmax(dim=-1)',
)
nucleus.mistake(
    "Your exponentials overflow. Use `softmax`, or subtract each row's maximum first.",
    "logits.softmax(dim=-1)",
    "logits.exp() / logits.exp().sum(dim=-1, keepdim=True)",
)
nucleus.mistake(
    "You keep 50 tokens at most. A nucleus has no such limit.",
    KEPT,
    "kept = (before < top_p) & (torch.arange(before.shape[-1]) < 50)",
)
nucleus.mistake(
    "You refuse a top_p of 1. It keeps every token.",
    "    probabilities = logits",
    "    assert 0 < top_p < 1\n    probabilities = logits",
)

nucleus.equivalent(
    "`sort` takes the last axis where none is named.",
    "probabilities.sort(dim=-1, descending=True)",
    "probabilities.sort(descending=True)",
)
nucleus.equivalent(
    "They differ where a sum is exactly top_p, which is not graded.",
    "before < top_p",
    "before <= top_p",
)
nucleus.equivalent(
    "Before the most likely token there is exactly 0, so every top_p above 0 keeps it. A top_p of "
    "0 is reached exactly by no token at all, which is not graded.",
    "kept[..., 0] = True",
    "pass",
)

# ---------------------------------------------------------------- sample

draw = task(
    "sample",
    probe="drawn",
    oracle="support",
    wall=60.0,
    needs=("top_p_probabilities",),
)
draw.case(
    "the lecture's prompt",
    public=True,
    **LECTURE,
    prompt="Once upon a time",
    n=2,
    max_new_tokens=3,
)
draw.case(
    "the lecture's model, and a prompt of two lines",
    **LECTURE,
    prompt="Roses are red,\nviolets are blue",
    n=2,
    max_new_tokens=2,
)
# The oracle refuses a case where rounding could change a nucleus; the seeds are chosen so that the
# nuclei are small and no text is rare.
draw.case(
    "small: two tokens from a small nucleus",
    public=True,
    **_small("abc", seed=1000),
    n=120,
    max_new_tokens=2,
    top_p=0.7,
)
draw.case(
    "small: the nucleus of 0.9",
    **_small("lk", seed=1105),
    n=120,
    max_new_tokens=1,
)
draw.case(
    "small: the end token is likely",
    **_small("ga", seed=1286, end_as="d"),
    n=120,
    max_new_tokens=2,
    top_p=0.8,
)
draw.case(
    "small: padding has a token of its own",
    **_small("bee", own_pad=True, seed=1310, end_as="c"),
    n=120,
    max_new_tokens=2,
    top_p=0.7,
)
draw.case(
    "small: the nucleus is the whole vocabulary",
    **_small("d", count=5, seed=1415, end_as="e"),
    n=120,
    max_new_tokens=1,
    top_p=0.99,
)
draw.case(
    "one text",
    **_small("fed", seed=1500),
    n=1,
    max_new_tokens=2,
    top_p=0.8,
)
# The probabilities are 0.43, 0.20, 0.09, 0.06 and a tail; the end token is in the tail.
FEW = [1.0, 1.2, 41.0, 1.4, 0.9, 19.0, 1.1, 1.3, 0.8, 1.5, 0.7]
FEW += [9.0, 1.6, 1.25, 6.0, 1.05, 1.15, 1.35, 1.45, 0.95, 2.05]
draw.case(
    "even: a nucleus of a few tokens",
    **_small("cd", count=20, kind="even_writer", seed=1600, weights=FEW),
    n=24,
    max_new_tokens=16,
    top_p=0.75,
)
# 50 letters of nearly equal weight, then 36 other characters that are half as likely each; the end
# token, in the middle of the vocabulary, hardly ever comes.
MANY = [1.5 + 0.01 * (37 * index % 50) for index in range(50)]
MANY += [0.7 + 0.008 * (23 * index % 36) for index in range(36)]
MANY.insert(43, 0.001)
draw.case(
    "even: a nucleus of more than 50 tokens",
    **_small("xyz", count=86, kind="even_writer", seed=1701, weights=MANY),
    n=30,
    max_new_tokens=8,
    top_p=0.96,
)


@draw.cases
def small(rng):
    """Three tokens in the nucleus, half of the time the end token among them."""
    likely = rng.sample((30, 24, 20), 3)
    tail = [1 + 0.1 * index for index in range(10)]
    rng.shuffle(tail)
    weights = [*likely, *tail]
    rng.shuffle(weights)
    top_p = (sum(likely) - 10) / sum(weights)
    prompt = "".join(rng.choices("abcdefghijkl", k=rng.randint(1, 6)))
    seed = rng.randrange(1 << 20)
    yield {
        **_small(prompt, kind="even_writer", seed=seed, weights=weights),
        "n": 120,
        "max_new_tokens": 2,
        "top_p": round(top_p, 3),
    }


draw.check(
    "n texts that begin with the prompt",
    same("openings"),
    points=0.5,
)
draw.check(
    "at most max_new_tokens tokens, all from the nucleus, none special",
    within("texts", "possible"),
    points=0.75,
    hint="The end token ends a text; special tokens are left out.",
    cases=("small*", "one*"),
)
draw.check(
    "the texts are independent draws, each as often as it should be",
    drawn_from("texts", "texts"),
    points=0.5,
    cases="small*",
)
draw.check(
    "every token of a nucleus is drawn as often as it should be",
    drawn_from("characters", "characters"),
    points=0.25,
    cases="even: a nucleus of a few*",
)
draw.check(
    "no top-k cuts a large nucleus",
    drawn_from("groups", "groups"),
    points=0.25,
    hint="`generate` has another filter, and it is on unless you switch it off.",
    cases="even: a nucleus of more*",
    given="n texts that begin with the prompt",
)
draw.check(
    "the caller's seed decides: the same one gives the same texts, another one others",
    same("seeds"),
    points=0.25,
    cases=("the lecture*", "even*"),
)

draw.mistake(
    "You do not sample: all your texts are the greedy one. Ask for `do_sample=True`.",
    source="""
def sample(model, tokenizer, prompt, n, max_new_tokens, top_p=0.9):
    return [greedy(model, tokenizer, prompt, max_new_tokens)] * n
""",
)
draw.mistake(
    "`generate` keeps the 50 likeliest tokens unless you say otherwise: `top_k=0`.",
    "        top_k=0,\n",
    "",
)
draw.mistake(
    "You draw one text and return it n times. Draw n.",
    "return tokenizer.batch_decode(ids, skip_special_tokens=True)",
    "return tokenizer.batch_decode(ids[:1], skip_special_tokens=True) * n",
)
draw.mistake(
    "You do not pass top_p, so tokens outside the nucleus are drawn.",
    "        top_p=top_p,\n",
    "",
)
draw.mistake(
    "Your nucleus is 0.95 where the caller says nothing. The default of top_p is 0.9.",
    "top_p: float = 0.9",
    "top_p: float = 0.95",
)
draw.mistake(
    "You seed torch yourself. The caller does; so every call of yours gives the same texts.",
    "        do_sample=True,\n        top_k=0,",
    "        do_sample=bool(torch.manual_seed(0)),\n        top_k=0,",
)
draw.mistake(
    "Your texts show special tokens. Decode with `skip_special_tokens=True`.",
    "tokenizer.batch_decode(ids, skip_special_tokens=True)",
    "tokenizer.batch_decode(ids)",
)
draw.mistake(
    "You return the continuations alone. The prompt belongs to each text.",
    "tokenizer.batch_decode(ids, skip_special_tokens=True)",
    "tokenizer.batch_decode(\n"
    '        ids[:, inputs["input_ids"].shape[1] :], skip_special_tokens=True\n'
    "    )",
)
draw.mistake(
    "`max_length` counts the prompt too. Use `max_new_tokens`.",
    source="""
def sample(model, tokenizer, prompt, n, max_new_tokens, top_p=0.9):
    inputs = tokenizer(prompt, return_tensors="pt")
    ids = model.generate(
        **inputs,
        do_sample=True,
        top_k=0,
        top_p=top_p,
        num_return_sequences=n,
        max_length=max_new_tokens + 1,
        pad_token_id=tokenizer.pad_token_id,
    )
    return tokenizer.batch_decode(ids, skip_special_tokens=True)
""",
)
draw.mistake(
    "You write on after the end token.",
    source="""
def sample(model, tokenizer, prompt, n, max_new_tokens, top_p=0.9):
    ids = tokenizer([prompt] * n, return_tensors="pt")["input_ids"]
    for _ in range(max_new_tokens):
        with torch.no_grad():
            logits = model(ids).logits[:, -1]
        ids = torch.cat([ids, top_p_probabilities(logits, top_p).multinomial(1)], dim=-1)
    return tokenizer.batch_decode(ids, skip_special_tokens=True)
""",
)
draw.mistake(
    "You change the distribution by a temperature. Sample from the nucleus as it is.",
    "        top_k=0,\n",
    "        top_k=0,\n        temperature=0.7,\n",
)
draw.mistake(
    "A text-generation pipeline samples with a temperature of 0.7 and a top-k of 50 by itself. Set "
    "`temperature=1.0` and `top_k=0`.",
    source="""
def sample(model, tokenizer, prompt, n, max_new_tokens, top_p=0.9):
    from transformers import pipeline

    write = pipeline("text-generation", model=model, tokenizer=tokenizer)
    texts = write(
        prompt,
        do_sample=True,
        top_p=top_p,
        max_new_tokens=max_new_tokens,
        num_return_sequences=n,
    )
    return [text["generated_text"] for text in texts]
""",
)
draw.mistake(
    "For n = 1 you return a string. The result is a list, also of one text.",
    "    return tokenizer.batch_decode(ids, skip_special_tokens=True)",
    "    texts = tokenizer.batch_decode(ids, skip_special_tokens=True)\n"
    "    return texts if n > 1 else texts[0]",
)
draw.mistake(
    "Your n texts share their first token. They are to be independent from the start.",
    source="""
def sample(model, tokenizer, prompt, n, max_new_tokens, top_p=0.9):
    options = {"do_sample": True, "top_k": 0, "top_p": top_p}
    options["pad_token_id"] = tokenizer.pad_token_id
    ids = tokenizer(prompt, return_tensors="pt")["input_ids"]
    ids = model.generate(ids, max_new_tokens=1, **options)
    if max_new_tokens > 1:
        ids = model.generate(
            ids, max_new_tokens=max_new_tokens - 1, num_return_sequences=n, **options
        )
    else:
        ids = ids.expand(n, -1)
    return tokenizer.batch_decode(ids, skip_special_tokens=True)
""",
)
draw.mistake(
    "You leave out texts that came up before. Independent draws may repeat one another.",
    "return tokenizer.batch_decode(ids, skip_special_tokens=True)",
    "return list(dict.fromkeys(tokenizer.batch_decode(ids, skip_special_tokens=True)))",
)
draw.mistake(
    "You draw with another library's random numbers: torch's seed does not reach them.",
    source="""
def sample(model, tokenizer, prompt, n, max_new_tokens, top_p=0.9):
    import random

    texts = []
    for _ in range(n):
        ids = tokenizer(prompt, return_tensors="pt")["input_ids"]
        for _ in range(max_new_tokens):
            with torch.no_grad():
                logits = model(ids).logits[0, -1]
            chances = top_p_probabilities(logits, top_p).tolist()
            token = random.choices(range(len(chances)), chances)[0]
            ids = torch.cat([ids, torch.tensor([[token]])], dim=-1)
            if token == tokenizer.eos_token_id:
                break
        texts.append(tokenizer.decode(ids[0], skip_special_tokens=True))
    return texts
""",
)
draw.mistake(
    "Every token of your nucleus is drawn equally often. Draw with the model's probabilities.",
    source="""
def sample(model, tokenizer, prompt, n, max_new_tokens, top_p=0.9):
    ids = tokenizer([prompt] * n, return_tensors="pt")["input_ids"]
    end = tokenizer.eos_token_id
    ended = torch.zeros(n, 1, dtype=torch.bool)
    for _ in range(max_new_tokens):
        with torch.no_grad():
            logits = model(ids).logits[:, -1]
        even = (top_p_probabilities(logits, top_p) > 0).double()
        drawn = even.multinomial(1).masked_fill(ended, end)
        ended = ended | (drawn == end)
        ids = torch.cat([ids, drawn], dim=-1)
    return tokenizer.batch_decode(ids, skip_special_tokens=True)
""",
)
draw.mistake(
    "Your nucleus lacks the token that crosses top_p.",
    source="""
def sample(model, tokenizer, prompt, n, max_new_tokens, top_p=0.9):
    ids = tokenizer([prompt] * n, return_tensors="pt")["input_ids"]
    end = tokenizer.eos_token_id
    ended = torch.zeros(n, 1, dtype=torch.bool)
    for _ in range(max_new_tokens):
        with torch.no_grad():
            logits = model(ids).logits[:, -1]
        chances, order = logits.softmax(dim=-1).sort(dim=-1, descending=True)
        kept = chances.cumsum(dim=-1) <= top_p
        kept[:, 0] = True
        drawn = order.gather(-1, (chances * kept).multinomial(1)).masked_fill(ended, end)
        ended = ended | (drawn == end)
        ids = torch.cat([ids, drawn], dim=-1)
    return tokenizer.batch_decode(ids, skip_special_tokens=True)
""",
)

draw.equivalent(
    "A text that ends early is padded all the same, with the config's pad token or the end token. "
    "Both are special tokens, which are left out.",
    "        num_return_sequences=n,\n        max_new_tokens=max_new_tokens,\n"
    "        pad_token_id=tokenizer.pad_token_id,\n",
    "        num_return_sequences=n,\n        max_new_tokens=max_new_tokens,\n        \n",
)
