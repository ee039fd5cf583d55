"""By the identity of the base model's parameters; clips; a generator of losses."""

import torch
from torch.nn import functional


def freeze_encoder(model):
    encoder = {id(parameter) for parameter in model.base_model.parameters()}
    for parameter in model.parameters():
        parameter.requires_grad = id(parameter) not in encoder


def trainable_names(model):
    every = [name for name, _ in model.named_parameters()]
    return [name for name in every if model.get_parameter(name).requires_grad]


def _steps(model, batches, optimizer):
    for batch in batches:
        inputs = {key: value for key, value in batch.items() if key != "labels"}
        logits = model(**inputs).logits
        loss = functional.cross_entropy(logits, batch["labels"])
        model.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        yield loss.item()


def finetune(model, batches, lr):
    freeze_encoder(model)
    head = [model.get_parameter(name) for name in trainable_names(model)]
    return list(_steps(model, batches, torch.optim.AdamW(head, lr=lr)))
