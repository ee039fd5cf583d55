# loses: top_p_probabilities: the result is in sorted order; `sample` calls it (`the fault counts once`)
import torch


def greedy(model, tokenizer, prompt, max_new_tokens):
    inputs = tokenizer(prompt, return_tensors="pt")
    out = model.generate(**inputs, max_new_tokens=max_new_tokens, do_sample=False)
    return tokenizer.decode(out[0], skip_special_tokens=True)


def greedy_by_hand(model, input_ids, max_new_tokens):
    with torch.no_grad():
        for _ in range(max_new_tokens):
            best = model(input_ids).logits[:, -1].argmax(dim=-1)
            input_ids = torch.cat([input_ids, best[:, None]], dim=1)
    return input_ids


def top_p_probabilities(logits, top_p):
    probabilities = logits.softmax(-1).sort(-1, descending=True).values
    drop = probabilities.cumsum(-1) - probabilities >= top_p
    probabilities = probabilities.masked_fill(drop, 0)
    return probabilities / probabilities.sum(-1, keepdim=True)


@torch.no_grad()
def sample(model, tokenizer, prompt, n, max_new_tokens, top_p=0.9):
    ids = tokenizer([prompt] * n, return_tensors="pt")["input_ids"]
    done = torch.zeros(n, dtype=torch.bool)
    for _ in range(max_new_tokens):
        chances = top_p_probabilities(model(ids).logits[:, -1], top_p)
        new = torch.distributions.Categorical(probs=chances).sample()
        new[done] = tokenizer.eos_token_id
        done |= new == tokenizer.eos_token_id
        ids = torch.cat([ids, new[:, None]], dim=1)
    return tokenizer.batch_decode(ids, skip_special_tokens=True)
