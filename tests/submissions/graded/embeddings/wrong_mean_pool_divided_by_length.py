# loses: mean_pool: padding is zeroed but counts in the denominator
import torch
from torch import Tensor


@torch.no_grad()
def call_with_batch(model, batch) -> Tensor:
    return model(**batch)[0]


@torch.no_grad()
def call_with_arguments(model, batch) -> Tensor:
    return model(batch["input_ids"], attention_mask=batch["attention_mask"])[0]


def mean_pool(embeddings: Tensor, attention_mask: Tensor) -> Tensor:
    return (embeddings * attention_mask.unsqueeze(-1)).mean(dim=1)
