"""Text generation: greedy decoding and nucleus sampling.

The implementation follows Holtzman et al., "The Curious Case of Neural Text Degeneration".
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor
from transformers import GenerationConfig, PreTrainedModel, PreTrainedTokenizerBase


def _pad_token_id(tokenizer: PreTrainedTokenizerBase) -> int | None:
    """GPT-2 has no pad token: fall back to the end-of-sequence token."""
    if tokenizer.pad_token_id is not None:
        return tokenizer.pad_token_id
    return tokenizer.eos_token_id


@torch.no_grad()
def greedy(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    prompt: str,
    max_new_tokens: int,
) -> str:
    """Continue ``prompt`` with the most likely token at each step."""
    encoded = tokenizer(prompt, return_tensors="pt").to(model.device)
    generation_config = GenerationConfig(
        max_new_tokens=max_new_tokens,
        do_sample=False,
        num_beams=1,
        pad_token_id=_pad_token_id(tokenizer),
        eos_token_id=tokenizer.eos_token_id,
    )
    output_ids = model.generate(
        input_ids=encoded["input_ids"],
        attention_mask=encoded["attention_mask"],
        generation_config=generation_config,
    )
    return tokenizer.decode(output_ids[0], skip_special_tokens=True)


@torch.inference_mode()
def greedy_by_hand(model: PreTrainedModel, input_ids: Tensor, max_new_tokens: int) -> Tensor:
    """Greedy decoding with a key-value cache.

    Only the newest token is fed to the model after the first step, the rest is remembered in
    ``past_key_values``.
    """
    generated = input_ids.clone()
    past_key_values = None
    step_input = generated
    for _ in range(max_new_tokens):
        outputs = model(
            input_ids=step_input,
            past_key_values=past_key_values,
            attention_mask=torch.ones_like(generated),
            use_cache=True,
        )
        past_key_values = outputs.past_key_values
        step_input = torch.argmax(outputs.logits[:, -1, :], dim=-1, keepdim=True)
        generated = torch.cat((generated, step_input), dim=1)
    return generated


def top_p_probabilities(logits: Tensor, top_p: float) -> Tensor:
    """Return the renormalised nucleus distribution over the last axis."""
    sorted_logits, sorted_indices = torch.sort(logits, descending=True, dim=-1)
    cumulative_probs = torch.cumsum(F.softmax(sorted_logits, dim=-1), dim=-1)

    # Remove tokens with cumulative probability above the threshold ...
    sorted_indices_to_remove = cumulative_probs > top_p
    # ... but shift by one, so that the token that crosses it is kept too.
    sorted_indices_to_remove[..., 1:] = sorted_indices_to_remove[..., :-1].clone()
    sorted_indices_to_remove[..., 0] = False

    indices_to_remove = torch.zeros_like(sorted_indices_to_remove).scatter(
        dim=-1, index=sorted_indices, src=sorted_indices_to_remove
    )
    filtered = logits.masked_fill(indices_to_remove, float("-inf"))
    return F.softmax(filtered, dim=-1)


@torch.no_grad()
def sample(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    prompt: str,
    n: int,
    max_new_tokens: int,
    top_p: float = 0.9,
) -> list[str]:
    """Draw ``n`` independent continuations of ``prompt`` with nucleus sampling."""
    input_ids = tokenizer(prompt, return_tensors="pt")["input_ids"].repeat(n, 1)
    eos = tokenizer.eos_token_id
    finished = torch.zeros(n, dtype=torch.bool)
    for _ in range(max_new_tokens):
        logits = model(input_ids).logits[:, -1, :]
        next_tokens = torch.multinomial(top_p_probabilities(logits, top_p), num_samples=1)
        next_tokens = next_tokens.squeeze(-1).masked_fill(finished, eos)
        input_ids = torch.cat([input_ids, next_tokens.unsqueeze(-1)], dim=-1)
        finished |= next_tokens == eos
        if finished.all():
            break
    return [tokenizer.decode(row, skip_special_tokens=True) for row in input_ids]
