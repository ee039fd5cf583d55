"""Parameters by identity; the model trains in evaluation mode, as dropout is not asked for."""

import torch
from torch import nn


def freeze_encoder(model):
    inside = {id(parameter) for parameter in model.base_model.parameters()}
    for parameter in model.parameters():
        if id(parameter) in inside:
            parameter.requires_grad_(False)
            parameter.grad = None


def trainable_names(model):
    names = ()
    for name, parameter in model.named_parameters():
        names += (name,) * parameter.requires_grad
    return list(names)


class Tuner:
    def __init__(self, model: nn.Module, lr: float):
        freeze_encoder(model)
        model.eval()
        self.model = model
        head = [p for n, p in model.named_parameters() if n in set(trainable_names(model))]
        self.optimizer = torch.optim.AdamW(head, lr=lr, weight_decay=0.1, fused=True)

    def step(self, batch):
        self.optimizer.zero_grad()
        labels = batch["labels"]
        inputs = {key: value for key, value in batch.items() if key != "labels"}
        logits = self.model(**inputs).logits
        loss = nn.CrossEntropyLoss()(logits.view(-1, logits.shape[-1]), labels.view(-1))
        loss.backward()
        self.optimizer.step()
        return loss.item()


def finetune(model, batches, lr):
    tuner = Tuner(model, lr)
    return [tuner.step(batch) for batch in batches]
