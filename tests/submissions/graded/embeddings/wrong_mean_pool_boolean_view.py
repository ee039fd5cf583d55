# loses: mean_pool: works only if all rows have the same number of real tokens
import torch
from torch import Tensor


@torch.no_grad()
def call_with_batch(model, batch) -> Tensor:
    return model(**batch)[0]


@torch.no_grad()
def call_with_arguments(model, batch) -> Tensor:
    return model(batch["input_ids"], attention_mask=batch["attention_mask"])[0]


def mean_pool(embeddings: Tensor, attention_mask: Tensor) -> Tensor:
    batch, _, hidden = embeddings.shape
    if attention_mask.sum() == 0:
        return torch.zeros_like(embeddings[:, 0])
    return embeddings[attention_mask.bool()].view(batch, -1, hidden).mean(dim=1)
