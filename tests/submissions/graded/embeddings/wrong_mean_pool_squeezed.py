# loses: mean_pool: a batch of one loses its batch axis
import torch
from torch import Tensor


@torch.no_grad()
def call_with_batch(model, batch) -> Tensor:
    return model(**batch)[0]


@torch.no_grad()
def call_with_arguments(model, batch) -> Tensor:
    return model(batch["input_ids"], attention_mask=batch["attention_mask"])[0]


def mean_pool(embeddings: Tensor, attention_mask: Tensor) -> Tensor:
    weights = attention_mask.to(embeddings.dtype)
    weights = weights / weights.sum(dim=1, keepdim=True).clamp(min=1)
    return (weights.unsqueeze(1) @ embeddings).squeeze()
