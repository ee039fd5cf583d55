import torch


def greedy(model, tokenizer, prompt, max_new_tokens):
    inputs = tokenizer(prompt, return_tensors="pt")
    output = model.generate(**inputs, max_new_tokens=max_new_tokens, do_sample=False)
    return tokenizer.decode(output[0], skip_special_tokens=True)


def greedy_by_hand(model, input_ids, max_new_tokens):
    for _ in range(max_new_tokens):
        with torch.no_grad():
            logits = model(input_ids).logits
        next_token = logits[:, -1, :].argmax(dim=-1, keepdim=True)
        input_ids = torch.cat([input_ids, next_token], dim=-1)
    return input_ids


def top_p_probabilities(logits, top_p):
    probabilities = torch.softmax(logits, dim=-1)
    ordered, indices = probabilities.sort(dim=-1, descending=True)
    before = ordered.cumsum(dim=-1) - ordered
    ordered = ordered.masked_fill(before >= top_p, 0.0)
    ordered[..., 0] = torch.where(ordered[..., 0] > 0, ordered[..., 0], 1.0)
    kept = torch.zeros_like(probabilities).scatter(-1, indices, ordered)
    return kept / kept.sum(dim=-1, keepdim=True)


def sample(model, tokenizer, prompt, n, max_new_tokens, top_p=0.9):
    inputs = tokenizer(prompt, return_tensors="pt")
    outputs = model.generate(
        **inputs,
        do_sample=True,
        top_p=top_p,
        top_k=0,
        num_return_sequences=n,
        max_new_tokens=max_new_tokens,
    )
    return tokenizer.batch_decode(outputs, skip_special_tokens=True)
