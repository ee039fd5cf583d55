import torch


def greedy(model, tokenizer, prompt, max_new_tokens):
    return tokenizer.decode(
        model.generate(**tokenizer(prompt, return_tensors="pt"), max_new_tokens=max_new_tokens)[0],
        skip_special_tokens=True,
    )


@torch.no_grad()
def greedy_by_hand(model, input_ids, max_new_tokens):
    for _ in range(max_new_tokens):
        input_ids = torch.cat((input_ids, model(input_ids).logits[:, -1:].argmax(-1)), 1)
    return input_ids


def top_p_probabilities(logits, top_p):
    p, i = logits.softmax(-1).sort(-1, True)
    p = p * (p.cumsum(-1) - p < top_p)
    return torch.zeros_like(p).scatter(-1, i, p / p.sum(-1, True))


def sample(model, tokenizer, prompt, n, max_new_tokens, top_p=0.9):
    x = tokenizer(prompt, return_tensors="pt")
    y = model.generate(
        **x,
        do_sample=True,
        top_k=None,
        top_p=top_p,
        num_return_sequences=n,
        max_new_tokens=max_new_tokens,
    )
    return tokenizer.batch_decode(y, skip_special_tokens=True)
