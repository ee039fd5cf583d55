# loses: greedy_by_hand: all new tokens from one pass (the places before the end), not one after another
import torch


def greedy(model, tokenizer, prompt, max_new_tokens):
    inputs = tokenizer(prompt, return_tensors="pt")
    out = model.generate(**inputs, max_new_tokens=max_new_tokens, do_sample=False)
    return tokenizer.decode(out[0], skip_special_tokens=True)


def greedy_by_hand(model, input_ids, max_new_tokens):
    with torch.no_grad():
        logits = model(input_ids).logits[:, -1]
    best = logits.topk(max_new_tokens, dim=-1).indices
    return torch.cat([input_ids, best], dim=1)


def top_p_probabilities(logits, top_p):
    probabilities, order = logits.softmax(-1).sort(-1, descending=True)
    drop = probabilities.cumsum(-1) - probabilities >= top_p
    drop[..., 0] = False
    probabilities = probabilities.masked_fill(drop, 0)
    probabilities = probabilities / probabilities.sum(-1, keepdim=True)
    return torch.zeros_like(logits).scatter(-1, order, probabilities)


def sample(model, tokenizer, prompt, n, max_new_tokens, top_p=0.9):
    inputs = tokenizer(prompt, return_tensors="pt")
    out = model.generate(
        **inputs,
        do_sample=True,
        top_p=top_p,
        top_k=0,
        num_return_sequences=n,
        max_new_tokens=max_new_tokens,
    )
    return tokenizer.batch_decode(out, skip_special_tokens=True)
