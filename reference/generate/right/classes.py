"""A class with a strategy, torch.distributions, and the nucleus by its least probability."""

import torch
from torch.distributions import Categorical


class Writer:
    def __init__(self, model, choose, end=None):
        self.model, self.choose, self.end = model, choose, end

    @torch.no_grad()
    def __call__(self, ids, steps):
        done = torch.zeros(ids.shape[0], dtype=torch.bool)
        for _ in range(steps):
            new = self.choose(self.model(ids).logits.select(1, -1))
            if self.end is not None:
                new = torch.where(done, self.end, new)
                done |= new == self.end
            ids = torch.cat([ids, new.reshape(-1, 1)], dim=1)
            if self.end is not None and done.all():
                break
        return ids


def greedy(model, tokenizer, prompt, max_new_tokens):
    write = Writer(model, lambda logits: logits.argmax(-1), tokenizer.eos_token_id)
    ids = write(tokenizer(prompt, return_tensors="pt")["input_ids"], max_new_tokens)
    return tokenizer.decode(ids.squeeze(0), skip_special_tokens=True)


def greedy_by_hand(model, input_ids, max_new_tokens):
    return Writer(model, lambda logits: logits.max(dim=-1)[1])(input_ids, max_new_tokens)


def top_p_probabilities(logits, top_p):
    chances = torch.exp(torch.log_softmax(logits, dim=-1))
    ranked = chances.sort(dim=-1, descending=True).values
    size = (ranked.cumsum(dim=-1) < top_p).sum(dim=-1, keepdim=True)
    least = ranked.gather(-1, size.clamp(max=logits.shape[-1] - 1))
    nucleus = torch.where(chances >= least, chances, torch.zeros_like(chances))
    return torch.nn.functional.normalize(nucleus, p=1.0, dim=-1)


def sample(model, tokenizer, prompt, n, max_new_tokens, top_p=0.9):
    write = Writer(
        model,
        lambda logits: Categorical(probs=top_p_probabilities(logits, top_p)).sample(),
        tokenizer.eos_token_id,
    )
    ids = tokenizer(prompt, return_tensors="pt")["input_ids"].expand(n, -1)
    return tokenizer.batch_decode(write(ids, max_new_tokens), skip_special_tokens=True)
