"""Utilities to look inside a transformer: hidden states and attention weights."""

from __future__ import annotations

from collections.abc import Mapping

import torch
import torch.nn.functional as F
from transformers import AutoConfig, AutoModel, PreTrainedModel

Internals = tuple[tuple[torch.Tensor, ...], tuple[torch.Tensor, ...]]


def load_with_internals(model_name: str) -> PreTrainedModel:
    """Load the base model so that every forward pass returns its internals.

    Args:
        model_name: A model name on the Hub, or a local folder.

    Returns:
        The base model in evaluation mode.
    """
    config = AutoConfig.from_pretrained(model_name)
    config._attn_implementation = "eager"
    config.output_attentions = True
    config.output_hidden_states = True
    return AutoModel.from_pretrained(model_name, config=config).eval()


@torch.inference_mode()
def _forward(model: PreTrainedModel, batch: Mapping[str, torch.Tensor]):
    return model(
        input_ids=batch["input_ids"],
        attention_mask=batch["attention_mask"],
        output_attentions=True,
        output_hidden_states=True,
        return_dict=True,
    )


def internals(model: PreTrainedModel, batch: Mapping[str, torch.Tensor]) -> Internals:
    """Return the hidden states and the attentions of ``model`` on ``batch``."""
    previous = model.config._attn_implementation
    was_training = model.training
    try:
        # SDPA and flash attention never materialise the attention matrix.
        model.set_attn_implementation("eager")
        model.eval()
        outputs = _forward(model, batch)
    finally:
        model.set_attn_implementation(previous)
        model.train(was_training)
    hidden_states = tuple(state.clone().detach() for state in outputs.hidden_states)
    attentions = tuple(weights.clone().detach() for weights in outputs.attentions)
    return hidden_states, attentions


def attention_weights(
    query: torch.Tensor, key: torch.Tensor, mask: torch.Tensor | None = None
) -> torch.Tensor:
    """Scaled dot-product attention weights.

    Args:
        query: ``(..., query, d)``.
        key: ``(..., key, d)``.
        mask: ``(..., key)``; 1 marks real keys, 0 marks padding.

    Returns:
        Weights of shape ``(..., query, key)`` whose rows sum to one.
    """
    d_k = query.size(-1)
    scores = torch.matmul(query, key.transpose(-1, -2)) * (d_k**-0.5)
    if mask is not None:
        keep = mask.to(dtype=torch.bool).unsqueeze(-2)
        scores = torch.where(keep, scores, torch.finfo(scores.dtype).min)
    weights = F.softmax(scores, dim=-1)
    if mask is not None:
        weights = weights.masked_fill(~keep, 0.0)
    return weights
