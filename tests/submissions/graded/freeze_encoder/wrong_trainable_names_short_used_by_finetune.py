# loses: trainable_names: names without the module they are in; finetune builds on it, and is right by itself
import torch


def freeze_encoder(model):
    model.base_model.requires_grad_(False)


def trainable_names(model):
    return [
        name.split(".")[-1] for name, param in model.named_parameters() if param.requires_grad
    ]


def finetune(model, batches, lr):
    freeze_encoder(model)
    names = set(trainable_names(model))
    params = [p for n, p in model.named_parameters() if n in names]
    optimizer = torch.optim.AdamW(params, lr=lr)
    losses = []
    for batch in batches:
        optimizer.zero_grad()
        loss = model(**batch).loss
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses
