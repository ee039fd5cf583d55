"""Nothing of `generate`: loops over tokens, a cache, plain Python for the nucleus."""

import math

import torch


def greedy(model, tokenizer, prompt, max_new_tokens):
    ids = tokenizer.encode(prompt)
    new = []
    model.eval()
    with torch.inference_mode():
        while len(new) < max_new_tokens:
            token = model(torch.tensor([ids + new])).logits[0, -1].argmax().item()
            if token == model.generation_config.eos_token_id:
                break
            new.append(token)
    return prompt + tokenizer.decode(new, skip_special_tokens=True)


def greedy_by_hand(model, input_ids, max_new_tokens):
    past, step, new = None, input_ids, []
    with torch.no_grad():
        for _ in range(max_new_tokens):
            outputs = model(input_ids=step, past_key_values=past, use_cache=True)
            past = outputs.past_key_values
            step = torch.argmax(outputs.logits[:, -1, :], dim=-1).unsqueeze(1)
            new.append(step)
    return torch.cat([input_ids, *new], dim=1)


def _one(logits, top_p):
    top = max(logits)
    weights = [math.exp(x - top) for x in logits]
    whole = math.fsum(weights)
    chances = [w / whole for w in weights]
    kept, total = {}, 0.0
    for token in sorted(range(len(chances)), key=chances.__getitem__, reverse=True):
        kept[token] = chances[token]
        total += chances[token]
        if total >= top_p:
            break
    return [kept.get(token, 0.0) / total for token in range(len(chances))]


def top_p_probabilities(logits, top_p):
    rows = logits.reshape(-1, logits.shape[-1]).tolist()
    return torch.tensor([_one(row, top_p) for row in rows]).reshape(logits.shape)


def sample(model, tokenizer, prompt, n, max_new_tokens, top_p=0.9):
    texts = []
    with torch.no_grad():
        for _ in range(n):
            ids = tokenizer(prompt, return_tensors="pt").input_ids
            past, step, new = None, ids, []
            for _ in range(max_new_tokens):
                outputs = model(input_ids=step, past_key_values=past, use_cache=True)
                past = outputs.past_key_values
                chances = top_p_probabilities(outputs.logits[0, -1], top_p)
                token = torch.multinomial(chances, 1)
                if token.item() == tokenizer.eos_token_id:
                    break
                new.append(token.item())
                step = token.unsqueeze(0)
            texts.append(tokenizer.decode(ids[0].tolist() + new, skip_special_tokens=True))
    return tuple(texts)
