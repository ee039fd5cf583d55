"""Evaluates on a deep copy, keeps a copy of the whole model, sets the learning rate by hand."""

from copy import deepcopy

import numpy as np
import torch
from torch.optim import AdamW


def train_epoch(model, loader, optimizer, scheduler):
    losses = []
    batches = list(loader)
    while batches:
        batch = batches.pop(0)
        if not model.training:
            model.train()
        for parameter in model.parameters():
            parameter.grad = None
        outputs = model.forward(**batch, return_dict=True)
        torch.autograd.backward(outputs.loss)
        optimizer.step()
        scheduler.step()
        losses += [outputs.loss]
    return losses


def evaluate(model, loader):
    judge = deepcopy(model).requires_grad_(False).eval()
    return np.mean([judge(**batch).loss.item() for batch in loader])


class ByHand:
    """Has the one method of a scheduler that the loop above needs."""

    def __init__(self, optimizer, lr, steps):
        self.optimizer, self.lr, self.steps, self.done = optimizer, lr, steps, 0

    def step(self):
        self.done += 1
        for group in self.optimizer.param_groups:
            group["lr"] = self.lr * (1 - self.done / self.steps)


def fit(model, train_loader, val_loader, num_epochs, lr, weight_decay=0.01):
    optimizer = AdamW(model.named_parameters(), lr=lr, weight_decay=weight_decay, foreach=True)
    scheduler = ByHand(optimizer, lr, num_epochs * sum(1 for _ in train_loader))
    train_losses, val_losses, best = [], [], None
    for epoch in range(num_epochs):
        for loss in train_epoch(model, train_loader, optimizer, scheduler):
            train_losses.append(loss.item())
        loss = evaluate(model, val_loader)
        val_losses.append(loss)
        if best is None or loss < best[1]:
            best = epoch, loss, deepcopy(model)
    return {
        "train_losses": np.array(train_losses),
        "val_losses": np.array(val_losses),
        "best_epoch": best[0],
        "best_state": best[2].state_dict(),
    }
