"""Small language models to write with, and what the functions of `generate` did.

In: a function and its inputs, or a fixture's arguments. Out: plain values, or a model and a
tokenizer. No expected value is in here.

The models are real GPT-2s (or BERT decoders) with random weights, on a vocabulary of single
characters: there a text tells exactly which tokens it was made of. The fixtures look for weights
whose choices are clear: no probability is so near to another, or to top_p, that rounding decides.
"""

import string
from unittest.mock import patch

import torch
from transformers import (
    BertConfig,
    BertLMHeadModel,
    GenerationMixin,
    GPT2Config,
    GPT2LMHeadModel,
    GPT2Tokenizer,
)

END = "<|endoftext|>"
PAD = "<|pad|>"
CLEAR = 1e-3  # least distance of a probability from the next one, and of a sum from top_p
CHARACTERS = string.ascii_letters + string.digits + "!#$%&()*+-/:;<=>@[]^_{|}~"


# ------------------------------------------------------------------ fixtures


def characters(count=12, own_pad=False):
    """A byte-level tokenizer of `count` single characters and the end token, which stands in the
    middle of the vocabulary and also pads, unless there is a padding token of its own."""
    pieces = list(CHARACTERS[:count])
    pieces.insert(count // 2, END)
    pieces += [PAD] * own_pad
    return GPT2Tokenizer(
        vocab={piece: number for number, piece in enumerate(pieces)},
        merges=[],
        pad_token=PAD if own_pad else END,
        padding_side="right",
        model_max_length=64,
    )


def writer(tokenizer, prompt, seed=0, steps=2, top_p=0.9, spread=0.4, end_at=None, least=0.0):
    """A GPT-2 for `tokenizer` whose first `steps` tokens after `prompt` are clear choices.

    seed: where the search for such weights begins. spread: the standard deviation of the weights;
    the larger, the fewer tokens in a nucleus. end_at: greedily, the end token comes at this step
    (from 0) and not before; without it, the end token is in no nucleus. least: every text that
    can be drawn has at least this probability, and none is more likely than all the others.
    """
    ids = tokenizer(prompt, return_tensors="pt").input_ids
    end = tokenizer.eos_token_id
    for candidate in range(seed, seed + 5000):
        model = _gpt2(tokenizer, candidate, spread)
        if end_at is not None and not _moved_end(model, ids, end, end_at):
            continue
        chances = draws(model, ids, steps, top_p, end)
        if not chances or min(chances.values()) < least or max(chances.values()) > 0.5:
            continue
        if _ends(chances, end, ids.shape[1]) == (end_at is not None):
            return model
    raise RuntimeError("no clear model was found: ask for fewer steps or a smaller `least`")


def greedy_writer(tokenizer, prompt, seed=0, steps=8, end_at=None):
    """A GPT-2 whose `steps` greedy tokens after `prompt` are clear; the end token comes at step
    `end_at` and not before, or not at all."""
    ids = tokenizer(prompt, return_tensors="pt").input_ids
    for candidate in range(seed, seed + 1000):
        model = _gpt2(tokenizer, candidate, 0.3)
        end = tokenizer.eos_token_id
        if end_at is not None and not _moved_end(model, ids, end, end_at):
            continue
        path, margin = _greedy_path(model, ids, steps)
        ends = [step for step, token in enumerate(path[0].tolist()) if token == end]
        if margin > CLEAR and (ends[:1] == [end_at] if end_at is not None else not ends):
            return model
    raise RuntimeError("no clear model was found: ask for fewer steps")


def even_writer(tokenizer, prompt, seed=0, top_p=0.9, spread=0.3):
    """A GPT-2 that gives every position the same probabilities, whatever stands before it, so
    that every token of a text is a draw from one distribution. The end token is not drawn."""
    ids = tokenizer(prompt, return_tensors="pt").input_ids
    for candidate in range(seed, seed + 1000):
        model = _gpt2(tokenizer, candidate, spread)
        norm = model.transformer.ln_f
        with torch.no_grad():
            norm.weight.zero_()
            norm.bias.normal_()
        chances = draws(model, ids, 1, top_p, tokenizer.eos_token_id)
        if chances and not _ends(chances, tokenizer.eos_token_id, ids.shape[1]):
            return model
    raise RuntimeError("no clear model was found: ask for another `spread`")


def decoder(arch, rows, seed=0, steps=6, end_at=None, **options):
    """A causal model whose `steps` greedy tokens after `rows` are clear. With `end_at`, its end
    token is the one that the first row chooses at that step."""
    ids = torch.tensor(rows)
    for candidate in range(seed, seed + 1000):
        model = _bert(candidate) if arch == "bert" else _gpt2(None, candidate, 0.2)
        path, margin = _greedy_path(model, ids, steps)
        if margin <= CLEAR:
            continue
        if end_at is not None:
            end = int(path[0, end_at])
            model.config.eos_token_id = model.generation_config.eos_token_id = end
            model.config.pad_token_id = model.generation_config.pad_token_id = end
        return model
    raise RuntimeError("no clear model was found: ask for fewer steps")


def _gpt2(tokenizer, seed, spread):
    torch.manual_seed(seed)
    special = {"eos_token_id": 90, "bos_token_id": 90, "pad_token_id": 90}
    if tokenizer is not None:
        end, pad = tokenizer.eos_token_id, tokenizer.pad_token_id
        special = {"eos_token_id": end, "bos_token_id": end, "pad_token_id": pad}
    config = GPT2Config(
        vocab_size=97 if tokenizer is None else len(tokenizer),
        n_positions=64,
        n_embd=24,
        n_layer=2,
        n_head=3,
        n_inner=40,
        resid_pdrop=0.0,
        embd_pdrop=0.0,
        attn_pdrop=0.0,
        initializer_range=spread,
        **special,
    )
    return GPT2LMHeadModel(config).double().eval()


def _bert(seed):
    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=97,
        hidden_size=24,
        num_hidden_layers=2,
        num_attention_heads=3,
        intermediate_size=40,
        max_position_embeddings=64,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        initializer_range=0.2,
        is_decoder=True,
        eos_token_id=90,
        bos_token_id=90,
    )
    return BertLMHeadModel(config).double().eval()


@torch.no_grad()
def _greedy_path(model, ids, steps):
    """The greedy tokens (batch, steps), and how far the best of them is ahead at the least."""
    start, margin = ids.shape[1], float("inf")
    for _ in range(steps):
        best = model(ids).logits[:, -1].topk(2)
        margin = min(margin, float((best.values[:, 0] - best.values[:, 1]).min()))
        ids = torch.cat([ids, best.indices[:, :1]], dim=-1)
    return ids[:, start:], margin


def _moved_end(model, ids, end, step):
    """Gives the end token the embedding of the token that comes at `step`. False when one of the
    two stands in the text before it: then the text itself would change."""
    path, _ = _greedy_path(model, ids, step + 1)
    token = int(path[0, step])
    before = [*ids[0].tolist(), *path[0, :step].tolist()]
    if token in before or end in before:
        return False
    table = model.transformer.wte.weight
    with torch.no_grad():
        table[[end, token]] = table[[token, end]]
    return True


def _ends(chances, end, start):
    return any(end in row[start:] for row in chances)


@torch.no_grad()
def draws(model, ids, steps, top_p, end):
    """Every row that nucleus sampling can draw in `steps` steps: {tuple of ids: probability}.

    Empty when a choice is not clear.
    """
    open_rows, closed = {tuple(ids[0].tolist()): 1.0}, {}
    for _ in range(steps):
        grown = {}
        for row, chance in open_rows.items():
            nucleus = _nucleus(model(torch.tensor([row])).logits[0, -1], top_p)
            if nucleus is None:
                return {}
            for token, share in nucleus.items():
                (closed if token == end else grown)[(*row, token)] = chance * share
        open_rows = grown
    return closed | open_rows


def _nucleus(logits, top_p):
    """{token: probability} of the nucleus; None when rounding could change it."""
    values, tokens = logits.double().softmax(dim=-1).sort(descending=True)
    reached = values.cumsum(dim=-1)
    size = int((reached[:-1] < top_p).sum()) + 1
    if size < len(values) and float(values[size - 1] - values[size]) < CLEAR / 100:
        return None
    if float((reached[:-1] - top_p).abs().min()) < CLEAR:
        return None
    kept = values[:size] / values[:size].sum()
    return dict(zip(tokens[:size].tolist(), kept.tolist(), strict=True))


# ------------------------------------------------------------------ probes


def continued(function, inputs):
    """The ids, and how often `generate` was called meanwhile."""
    calls = []
    generate = GenerationMixin.generate

    def counted(self, *args, **kwargs):
        calls.append(1)
        return generate(self, *args, **kwargs)

    with patch.object(GenerationMixin, "generate", counted):
        ids = function(**inputs)
    return {"ids": ids, "generate_calls": len(calls)}


def filtered(function, inputs):
    """The probabilities, and which of them are exactly 0."""
    result = function(**inputs)
    facts = {"probabilities": result}
    if isinstance(result, torch.Tensor):
        facts["zeros"] = result.detach() == 0
    return facts


def drawn(function, inputs):
    """The n texts, and how each begins; whether, of a few texts, a seed of torch repeats itself
    and another one does not; and, where every character is a token, the new characters and how
    likely they are."""
    texts = _seeded(function, inputs, 1)
    few = {**inputs, "n": min(inputs["n"], 4)}
    first = texts if few["n"] == inputs["n"] else _seeded(function, few, 1)
    again, other = (_seeded(function, few, seed) for seed in (1, 2))
    if not all(_is_texts(value) for value in (texts, first, again, other)):
        return {"texts": texts, "openings": texts}
    prompt = inputs["prompt"]
    facts = {
        "texts": texts,
        "openings": [text[: len(prompt)] for text in texts],
        "seeds": {
            "the same seed repeats": list(first) == list(again),
            "another seed repeats": list(first) == list(other),
        },
    }
    if len(inputs["tokenizer"]) > len(CHARACTERS) + 2:
        return facts
    new = [character for text in texts for character in text[len(prompt) :]]
    facts["characters"] = new
    facts["ranks"] = ranks(inputs["model"], inputs["tokenizer"], prompt, new)
    return facts


def _is_texts(value):
    return isinstance(value, (list, tuple)) and all(isinstance(text, str) for text in value)


def _seeded(function, inputs, seed):
    torch.manual_seed(seed)
    return function(**inputs)


@torch.no_grad()
def ranks(model, tokenizer, prompt, new):
    """For every new character, whether it is among the 50 that are likeliest after the prompt."""
    ids = tokenizer(prompt, return_tensors="pt").input_ids
    order = model(ids).logits[0, -1].argsort(descending=True)
    likely = set(tokenizer.batch_decode(order[:50, None]))
    return ["the 50 likeliest" if character in likely else "others" for character in new]
