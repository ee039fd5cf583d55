"""By the model's parts: whichever child is not the base model is head. A class for the training."""

from functools import partial

import torch
from transformers import BatchEncoding


def freeze_encoder(model):
    base = model.base_model
    for child in model.children():
        child.requires_grad_(child is not base)


def trainable_names(model):
    return [n for n, p in model.named_parameters(recurse=True) if p.requires_grad]


class Tuner:
    make_optimizer = partial(torch.optim.AdamW, weight_decay=0.01, foreach=False)

    def __init__(self, model, lr):
        self.model = model
        for parameter in model.parameters():
            parameter.grad = None
        freeze_encoder(model)
        self.head = {name: model.get_parameter(name) for name in trainable_names(model)}
        self.optimizer = self.make_optimizer(list(self.head.values()), lr=lr)

    def learn(self, batch):
        self.optimizer.zero_grad()
        loss, *_ = self.model(**BatchEncoding(dict(batch)), return_dict=False)
        loss.backward()
        self.optimizer.step()
        return loss.item()


def finetune(model, batches, lr):
    return tuple(map(Tuner(model, lr).learn, batches))
