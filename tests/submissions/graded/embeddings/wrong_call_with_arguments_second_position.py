# loses: call_with_arguments: the mask by position: GPT-2's second argument is another one
import torch
from torch import Tensor


@torch.no_grad()
def call_with_batch(model, batch) -> Tensor:
    return model(**batch)[0]


@torch.no_grad()
def call_with_arguments(model, batch) -> Tensor:
    return model(batch["input_ids"], batch["attention_mask"])[0]


def mean_pool(embeddings: Tensor, attention_mask: Tensor) -> Tensor:
    pooled = torch.zeros_like(embeddings[:, 0])
    for i, mask in enumerate(attention_mask.bool()):
        if mask.any():
            pooled[i] = embeddings[i, mask].mean(dim=0)
    return pooled
