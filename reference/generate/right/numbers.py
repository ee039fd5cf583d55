"""float32 and numpy inside, searchsorted, and draws by the inverse of the cumulative sum."""

import numpy as np
import torch


def _logits(model, ids):
    with torch.no_grad():
        return model(ids).logits[:, -1].to(torch.float32)


def greedy(model, tokenizer, prompt, max_new_tokens):
    ids = tokenizer(prompt, return_tensors="pt").input_ids
    for _ in range(max_new_tokens):
        best = _logits(model, ids).numpy().argmax(-1)
        ids = torch.cat([ids, torch.from_numpy(best)[:, None]], dim=1)
        if best[0] == tokenizer.eos_token_id:
            break
    return tokenizer.decode(ids[0], skip_special_tokens=True)


def greedy_by_hand(model, input_ids, max_new_tokens):
    if max_new_tokens == 0:
        return input_ids
    best = _logits(model, input_ids).argmax(dim=1)
    return greedy_by_hand(model, torch.column_stack([input_ids, best]), max_new_tokens - 1)


def top_p_probabilities(logits, top_p):
    flat = logits.to(torch.float32).reshape(-1, logits.shape[-1])
    chances = torch.softmax(flat, dim=-1)
    order = torch.argsort(chances, dim=-1, descending=True)
    cumulative = torch.gather(chances, -1, order).cumsum(-1)
    result = torch.zeros_like(chances)
    for row in range(len(flat)):
        size = int(torch.searchsorted(cumulative[row], top_p)) + 1
        nucleus = order[row, :size]
        result[row, nucleus] = chances[row, nucleus] / chances[row, nucleus].sum()
    return result.reshape(logits.shape)


def sample(model, tokenizer, prompt, n, max_new_tokens, top_p=0.9):
    rows = [tokenizer(prompt).input_ids for _ in range(n)]
    ended = [False] * n
    for _ in range(max_new_tokens):
        logits = _logits(model, torch.tensor([row[-40:] for row in rows]))
        chances = top_p_probabilities(logits, top_p).double().cumsum(-1).numpy()
        luck = torch.rand(n).numpy()
        for at in range(n):
            token = int(np.searchsorted(chances[at], luck[at] * chances[at][-1], side="right"))
            if not ended[at]:
                ended[at] = token == tokenizer.eos_token_id
            rows[at].append(tokenizer.pad_token_id if ended[at] else token)
    return [tokenizer.decode(row, skip_special_tokens=True) for row in rows]
