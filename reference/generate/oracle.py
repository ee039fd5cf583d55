"""All that `sample` can draw, with probabilities. Runs beside the reference only.

In: the inputs of a case. Out: the possible texts, and the distributions of texts, characters and
ranks. The enumeration is exact; the cases keep it small.
"""

from collections import Counter

from probe import CHARACTERS, draws, ranks


def support(function, inputs):
    """{"possible": texts, "texts": {text: probability}, "characters": ..., "ranks": ...}."""
    model, tokenizer, prompt = inputs["model"], inputs["tokenizer"], inputs["prompt"]
    if len(tokenizer) > len(CHARACTERS) + 2:
        return {}
    ids = tokenizer(prompt, return_tensors="pt").input_ids
    top_p, end = inputs.get("top_p", 0.9), tokenizer.eos_token_id
    first = _texts(tokenizer, draws(model, ids, 1, top_p, end))
    characters = {text[len(prompt) :]: chance for text, chance in first.items()}
    shares = Counter()
    for character, chance in characters.items():
        shares[ranks(model, tokenizer, prompt, [character])[0]] += chance
    answer = {"characters": characters, "ranks": dict(shares)}
    if inputs["max_new_tokens"] <= 2:
        texts = _texts(tokenizer, draws(model, ids, inputs["max_new_tokens"], top_p, end))
        answer |= {"possible": sorted(texts), "texts": texts}
    return answer


def _texts(tokenizer, rows):
    """The same by text: two rows may be one text, for special tokens are left out."""
    texts = Counter()
    for row, chance in rows.items():
        texts[tokenizer.decode(list(row), skip_special_tokens=True)] += chance
    return dict(texts)
