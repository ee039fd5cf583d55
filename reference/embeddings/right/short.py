import torch


@torch.no_grad()
def call_with_batch(model, batch):
    return model(**batch)[0]


@torch.no_grad()
def call_with_arguments(model, batch):
    return model(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"])[0]


def mean_pool(x, m):
    return torch.einsum("bs,bsh->bh", m.to(x.dtype), x) / m.sum(1, keepdim=True).clamp_min(1e-9)
