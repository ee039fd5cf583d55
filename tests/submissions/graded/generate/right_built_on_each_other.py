import math
import torch as th

def greedy(model, tok, prompt, k):
    ids = tok(prompt, return_tensors="pt")["input_ids"]
    full = greedy_by_hand(model, ids, k)[0].tolist()
    new = full[ids.shape[1]:]
    end = model.config.eos_token_id
    if end in new:
        new = new[: new.index(end)]
    return tok.decode(full[: ids.shape[1]] + new, skip_special_tokens=True)

def greedy_by_hand(model, input_ids, k):
    with th.no_grad():
        if k == 0:
            return input_ids
        best = model(input_ids).logits.argmax(-1)[:, -1:]
        return greedy_by_hand(model, th.cat((input_ids, best), 1), k - 1)

def top_p_probabilities(logits, top_p):
    p = (logits - logits.logsumexp(-1, keepdim=True)).exp()
    s = p.sort(-1, descending=True).values
    c = s.cumsum(-1)
    # place of the token that crosses top_p; everything at least as likely stays
    last = (c < top_p).sum(-1, keepdim=True).clamp(max=p.shape[-1] - 1)
    smallest = s.gather(-1, last)
    p = th.where(p >= smallest, p, 0)
    return p / p.sum(-1, keepdim=True)

def sample(model, tok, prompt, n, k, top_p=0.9):
    ids = tok(prompt, return_tensors="pt")["input_ids"]
    texts = []
    while len(texts) < n:
        row = ids
        for _ in range(k):
            with th.no_grad():
                p = top_p_probabilities(model(row).logits[0, -1], top_p)
            u = th.rand((), dtype=p.dtype)
            nxt = int(th.searchsorted(p.cumsum(0), u).clamp(max=len(p) - 1))
            row = th.cat([row, th.tensor([[nxt]])], 1)
            if nxt == tok.eos_token_id:
                break
        texts.append(tok.decode(row[0], skip_special_tokens=True))
    return texts
