from dataclasses import dataclass
from typing import Any, Callable

import torch
from transformers import LogitsProcessorList, TopPLogitsWarper


@dataclass
class Decoder:
    model: Any
    choose: Callable
    stop: int | None = None

    @torch.no_grad()
    def run(self, ids, steps):
        ids = ids.clone()
        for _ in range(steps):
            chosen = self.choose(self.model(input_ids=ids)["logits"][:, -1])
            if self.stop is not None and len(ids) == 1 and chosen.item() == self.stop:
                break
            ids = torch.hstack([ids, chosen])
        return ids


def _most_likely(logits):
    return logits.max(dim=-1, keepdim=True).indices


def greedy(model, tokenizer, prompt, max_new_tokens):
    ids = torch.tensor(tokenizer([prompt])["input_ids"])
    ids = Decoder(model, _most_likely, model.generation_config.eos_token_id).run(ids, max_new_tokens)
    return tokenizer.decode(ids.squeeze(0), skip_special_tokens=True)


def greedy_by_hand(model, input_ids, max_new_tokens):
    return Decoder(model, _most_likely).run(input_ids, max_new_tokens)


def top_p_probabilities(logits, top_p):
    warp = LogitsProcessorList([TopPLogitsWarper(top_p=top_p, min_tokens_to_keep=1)])
    flat = logits.reshape(-1, logits.shape[-1])
    return warp(None, flat).softmax(-1).reshape(logits.shape)


def sample(model, tokenizer, prompt, n, max_new_tokens, top_p=0.9):
    def draw(logits):
        return torch.distributions.Categorical(probs=top_p_probabilities(logits, top_p)).sample()[:, None]

    ids = torch.tensor(tokenizer([prompt])["input_ids"])
    decoder = Decoder(model, draw, tokenizer.eos_token_id)
    return [
        tokenizer.decode(decoder.run(ids, max_new_tokens)[0], skip_special_tokens=True)
        for _ in range(n)
    ]
