# loses: greedy_by_hand: only the last token is given to the model, without its past
import torch


def greedy(model, tokenizer, prompt, max_new_tokens):
    inputs = tokenizer(prompt, return_tensors="pt")
    out = model.generate(**inputs, max_new_tokens=max_new_tokens, do_sample=False)
    return tokenizer.decode(out[0], skip_special_tokens=True)


def greedy_by_hand(model, input_ids, max_new_tokens):
    current = input_ids
    with torch.no_grad():
        for _ in range(max_new_tokens):
            best = model(current).logits[:, -1].argmax(dim=-1, keepdim=True)
            input_ids = torch.cat([input_ids, best], dim=1)
            current = best
    return input_ids


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
