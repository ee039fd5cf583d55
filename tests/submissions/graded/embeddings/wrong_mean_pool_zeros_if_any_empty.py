# loses: mean_pool: one row without real tokens empties all the others
import torch
from torch import Tensor


@torch.no_grad()
def call_with_batch(model, batch) -> Tensor:
    return model(**batch)[0]


@torch.no_grad()
def call_with_arguments(model, batch) -> Tensor:
    return model(batch["input_ids"], attention_mask=batch["attention_mask"])[0]


def mean_pool(embeddings: Tensor, attention_mask: Tensor) -> Tensor:
    mask = attention_mask.unsqueeze(-1)
    counts = mask.sum(dim=1)
    if (counts == 0).any():
        return torch.zeros_like(embeddings[:, 0])
    return (embeddings * mask).sum(dim=1) / counts
