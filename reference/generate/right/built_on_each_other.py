"""`greedy` cuts what `greedy_by_hand` gives at the end token; `sample` draws from the nucleus."""

import torch


def greedy(model, tokenizer, prompt, max_new_tokens):
    ids = tokenizer(prompt, return_tensors="pt")["input_ids"]
    row = greedy_by_hand(model, ids, max_new_tokens)[0].tolist()
    start = ids.shape[1]
    if tokenizer.eos_token_id in row[start:]:
        row = row[: row.index(tokenizer.eos_token_id, start)]
    return tokenizer.decode(row, skip_special_tokens=True)


def greedy_by_hand(model, input_ids, max_new_tokens):
    for _ in range(max_new_tokens):
        best = model(input_ids).logits.detach()[:, -1].argmax(dim=1)
        input_ids = torch.hstack([input_ids, best[:, None]])
    return input_ids


def top_p_probabilities(logits, top_p):
    chances = logits.softmax(-1)
    likely_first, order = chances.sort(-1, descending=True)
    place = order.argsort(dim=-1)
    size = 1 + (likely_first.cumsum(-1)[..., :-1] < top_p).sum(-1, keepdim=True)
    chances = chances * (place < size)
    return chances / chances.sum(-1, keepdim=True)


def sample(model, tokenizer, prompt, n, max_new_tokens, top_p=0.9):
    return [_one(model, tokenizer, prompt, max_new_tokens, top_p) for _ in range(n)]


@torch.no_grad()
def _one(model, tokenizer, prompt, max_new_tokens, top_p):
    ids = tokenizer(prompt, return_tensors="pt")["input_ids"]
    for _ in range(max_new_tokens):
        chances = top_p_probabilities(model(ids).logits[:, -1], top_p)
        ids = torch.cat([ids, chances.multinomial(1)], dim=1)
        if ids[0, -1] == tokenizer.eos_token_id:
            break
    return tokenizer.decode(ids[0], skip_special_tokens=True)
