"""By the front of the names; `autograd.grad`; two groups; all unfrozen again at the end."""

import torch


def freeze_encoder(model):
    front = f"{model.base_model_prefix}."
    for name, parameter in model.named_parameters():
        if name.startswith(front):
            parameter.requires_grad = False


def trainable_names(model):
    found = []
    for front, module in model.named_modules():
        for name, parameter in module.named_parameters(recurse=False):
            if parameter.requires_grad:
                found.append(f"{front}.{name}" if front else name)
    return found


def finetune(model, batches, lr):
    were = {name: parameter.requires_grad for name, parameter in model.named_parameters()}
    freeze_encoder(model)
    head = [parameter for parameter in model.parameters() if parameter.requires_grad]
    groups = [
        {"params": [p for p in head if p.ndim >= 2], "weight_decay": 0.05},
        {"params": [p for p in head if p.ndim < 2], "weight_decay": 0.0},
    ]
    optimizer = torch.optim.AdamW([group for group in groups if group["params"]], lr=lr)
    losses = torch.zeros(len(batches))
    for i, batch in enumerate(batches):
        loss = model(**batch).loss
        for parameter, gradient in zip(head, torch.autograd.grad(loss, head), strict=True):
            parameter.grad = gradient
        optimizer.step()
        losses[i] = loss.detach()
    for name, parameter in model.named_parameters():
        parameter.requires_grad = were[name]
    return losses
