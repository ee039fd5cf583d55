from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor


@torch.inference_mode()
def call_with_batch(model, batch: Mapping[str, Tensor]) -> Tensor:
    return model(**batch)["last_hidden_state"]


@torch.inference_mode()
def call_with_arguments(model, batch: Mapping[str, Tensor]) -> Tensor:
    input_ids, attention_mask = batch["input_ids"], batch["attention_mask"]
    return model(input_ids, attention_mask=attention_mask)["last_hidden_state"]


def mean_pool(embeddings: Tensor, attention_mask: Tensor) -> Tensor:
    real = attention_mask.to(embeddings)
    sums = torch.einsum("bsh,bs->bh", embeddings, real)
    counts = torch.einsum("bs->b", real)
    return sums / torch.where(counts == 0, torch.ones_like(counts), counts)[:, None]
