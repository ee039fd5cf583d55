# loses: mean_pool: a row without real tokens gives the mean of its padding, not zeros
import torch
from torch import Tensor


@torch.no_grad()
def call_with_batch(model, batch) -> Tensor:
    return model(**batch)[0]


@torch.no_grad()
def call_with_arguments(model, batch) -> Tensor:
    return model(batch["input_ids"], attention_mask=batch["attention_mask"])[0]


def mean_pool(embeddings: Tensor, attention_mask: Tensor) -> Tensor:
    pooled = []
    for row, mask in zip(embeddings, attention_mask.bool()):
        pooled.append(row[mask].mean(dim=0) if mask.any() else row.mean(dim=0))
    return torch.stack(pooled)
