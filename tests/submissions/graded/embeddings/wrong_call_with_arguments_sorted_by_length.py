# loses: call_with_arguments: rows are sorted by length and not put back in order
import torch
from torch import Tensor


@torch.no_grad()
def call_with_batch(model, batch) -> Tensor:
    return model(**batch)[0]


@torch.no_grad()
def call_with_arguments(model, batch) -> Tensor:
    order = batch["attention_mask"].sum(dim=1).argsort(descending=True)
    return model(batch["input_ids"][order], attention_mask=batch["attention_mask"][order])[0]


def mean_pool(embeddings: Tensor, attention_mask: Tensor) -> Tensor:
    pooled = torch.zeros_like(embeddings[:, 0])
    for i, mask in enumerate(attention_mask.bool()):
        if mask.any():
            pooled[i] = embeddings[i, mask].mean(dim=0)
    return pooled
