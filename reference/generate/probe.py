"""Small language models to write with, and what the functions of `generate` did.

In: a function and its inputs, or a fixture's arguments. Out: plain values, or a model and a
tokenizer. The stand-ins for siblings generate nothing. No expected value is in here, and nothing
that a student is asked to write.

The models are real GPT-2s with a vocabulary of single characters: there a text tells exactly which
tokens it was made of.
"""

import math
import string
from unittest.mock import patch

import torch
from transformers import GenerationMixin, GPT2Config, GPT2LMHeadModel, GPT2Tokenizer

END = "<|endoftext|>"
PAD = "<|pad|>"
CHARACTERS = string.ascii_letters + string.digits + "!#$%&()*+-/:;<=>@[]^_{|}~"
FIRST = 50  # characters that are one group, where groups are counted
FEW = 2  # tokens; so few of a small vocabulary come out the same under two seeds now and then


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


def writer(tokenizer, seed, spread=0.4, end_as=None, layers=2):
    """A GPT-2 for `tokenizer` with random weights of standard deviation `spread`: the larger, the
    further its probabilities are apart. With `end_as`, the end token and this character change
    places in it."""
    torch.manual_seed(seed)
    config = GPT2Config(
        vocab_size=len(tokenizer),
        n_positions=64,
        n_embd=24,
        n_layer=layers,
        n_head=3,
        n_inner=40,
        resid_pdrop=0.0,
        embd_pdrop=0.0,
        attn_pdrop=0.0,
        initializer_range=spread,
        eos_token_id=tokenizer.eos_token_id,
        bos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    model = GPT2LMHeadModel(config).double().eval()
    if end_as is not None:
        pair = [tokenizer.eos_token_id, tokenizer.convert_tokens_to_ids(end_as)]
        table = model.transformer.wte.weight
        with torch.no_grad():
            table[pair] = table[pair[::-1]]
    return model


def even_writer(tokenizer, seed, weights):
    """A GPT-2 that gives every position the same probabilities, whatever stands before it: those
    of `weights`, one for each token in the order of the vocabulary."""
    model = writer(tokenizer, seed, layers=1)
    norm, table = model.transformer.ln_f, model.transformer.wte.weight
    with torch.no_grad():
        norm.weight.zero_()  # the last hidden state is the bias, at every position
        norm.bias.normal_()
        direction = norm.bias / norm.bias.square().sum()
        logits = torch.tensor([math.log(weight) for weight in weights], dtype=table.dtype)
        table += torch.outer(logits - table @ norm.bias, direction)
    return model


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
        facts["exactly 0"] = result.detach() == 0
    return facts


def drawn(function, inputs):
    """The n texts, and how each begins; where every character is a token, the new characters, and
    whether each is one of the first in `CHARACTERS`; and, where chance alone makes two seeds
    differ, what seeds do."""
    texts = _seeded(function, inputs, 1)
    if not _is_texts(texts):
        return {"texts": texts, "openings": texts}
    prompt = inputs["prompt"]
    facts = {"texts": texts, "openings": [text[: len(prompt)] for text in texts]}
    small = is_small(inputs["tokenizer"])
    if small:
        new = [character for text in texts for character in text[len(prompt) :]]
        facts |= {"characters": new, "groups": [group(character) for character in new]}
    if not small or inputs["max_new_tokens"] > FEW:
        facts |= seeds(function, inputs, texts)
    return facts


def seeds(function, inputs, texts):
    """Whether, of a few short texts, a seed of torch repeats itself and another one does not.
    `texts` are those of seed 1, as many and as long as `inputs` say."""
    less = {"n": min(inputs["n"], 4), "max_new_tokens": min(inputs["max_new_tokens"], 8)}
    few = inputs | less
    asked = all(inputs[name] == value for name, value in less.items())
    first = texts if asked else _seeded(function, few, 1)
    again, other = (_seeded(function, few, seed) for seed in (1, 2))
    if not all(_is_texts(value) for value in (first, again, other)):
        return {}
    return {
        "seeds": {
            "the same seed repeats": list(first) == list(again),
            "another seed repeats": list(first) == list(other),
        }
    }


def is_small(tokenizer):
    """Whether every token is one character."""
    return len(tokenizer) <= len(CHARACTERS) + 2


def group(character):
    return f"the first {FIRST}" if character in CHARACTERS[:FIRST] else "others"


def _is_texts(value):
    return isinstance(value, (list, tuple)) and all(isinstance(text, str) for text in value)


def _seeded(function, inputs, seed):
    torch.manual_seed(seed)
    return function(**inputs)


# ------------------------------------------------------------------ stand-ins
# For functions that others of this topic may be built on. Neither looks at what a model says.


def double_greedy_by_hand(model, input_ids, max_new_tokens):
    """Every token is followed by the fifth one after it in the vocabulary, the end token too; so
    a few tokens at a time give the same as all at once."""
    steps = 5 * torch.arange(1, max_new_tokens + 1)
    return torch.cat([input_ids, (input_ids[:, -1:] + steps) % model.config.vocab_size], dim=-1)


def double_top_p_probabilities(logits, top_p):
    """The least likely token is certain: what is drawn with this does not depend on a seed."""
    least = logits.detach().argmin(dim=-1, keepdim=True)
    return torch.zeros_like(logits).scatter(-1, least, 1.0)
