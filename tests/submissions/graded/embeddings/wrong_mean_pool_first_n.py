# loses: mean_pool: takes the first n positions: wrong where the padding is on the left
import torch
from torch import Tensor


@torch.no_grad()
def call_with_batch(model, batch) -> Tensor:
    return model(**batch)[0]


@torch.no_grad()
def call_with_arguments(model, batch) -> Tensor:
    return model(batch["input_ids"], attention_mask=batch["attention_mask"])[0]


def mean_pool(embeddings: Tensor, attention_mask: Tensor) -> Tensor:
    pooled = torch.zeros_like(embeddings[:, 0])
    for i, n in enumerate(attention_mask.sum(dim=1).tolist()):
        if n > 0:
            pooled[i] = embeddings[i, :n].mean(dim=0)
    return pooled
