"""All that `sample` can draw, with probabilities. Runs beside the reference only.

In: the inputs of a case. Out: the possible texts, and the distributions of texts, of characters
and of their groups. The enumeration is exact; the cases keep it small, and their probabilities so
far apart that rounding decides nothing: where that is not so, `UnclearError` is raised.
"""

from collections import Counter

import torch
from probe import group, is_small

CLEAR = 1e-3  # the least distance of a sum of probabilities from top_p
APART = 1e-5  # the least distance of the last probability in the nucleus from the next one


class UnclearError(ValueError):
    """Rounding could change the nucleus: the case needs another seed."""


def support(function, inputs):
    """{"possible": texts, "texts": {text: probability}, "characters": ..., "groups": ...}."""
    tokenizer, steps = inputs["tokenizer"], inputs["max_new_tokens"]
    if not is_small(tokenizer):
        return {}
    prompt = inputs["prompt"]
    characters = {text[len(prompt) :]: p for text, p in _texts(inputs, steps=1).items()}
    groups = Counter()
    for character, chance in characters.items():
        groups[group(character)] += chance
    answer = {"characters": characters, "groups": dict(groups)}
    if steps <= 2:
        texts = _texts(inputs, steps)
        answer |= {"possible": sorted(texts), "texts": texts}
    return answer


def _texts(inputs, steps):
    """{text: probability}. Two rows may be one text, for special tokens are left out."""
    texts = Counter()
    for row, chance in _draws(inputs, steps).items():
        texts[inputs["tokenizer"].decode(list(row), skip_special_tokens=True)] += chance
    return dict(texts)


@torch.no_grad()
def _draws(inputs, steps):
    """Every row of ids that can be drawn: {tuple of ids: probability}."""
    model, tokenizer = inputs["model"], inputs["tokenizer"]
    going, ended = {tuple(tokenizer(inputs["prompt"]).input_ids): 1.0}, {}
    for _ in range(steps):
        grown = {}
        for row, chance in going.items():
            logits = model(torch.tensor([row])).logits[0, -1]
            for token, share in _nucleus(logits, inputs.get("top_p", 0.9)).items():
                place = ended if token == tokenizer.eos_token_id else grown
                place[(*row, token)] = chance * share
        going = grown
    return ended | going


def _nucleus(logits, top_p):
    """{token: probability} of the nucleus. Raises `UnclearError`."""
    values, tokens = logits.double().softmax(dim=-1).sort(descending=True)
    reached = values[:-1].cumsum(dim=-1)
    size = int((reached < top_p).sum()) + 1
    apart = size == len(values) or float(values[size - 1] - values[size]) > APART
    if not apart or float((reached - top_p).abs().min()) < CLEAR:
        raise UnclearError(f"top_p is {top_p}, the sums are {reached.tolist()}")
    kept = values[:size] / values[:size].sum()
    return dict(zip(tokens[:size].tolist(), kept.tolist(), strict=True))
