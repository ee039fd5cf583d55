import io
import math

import torch
from torch import nn


class LinearDecay:
    """My own schedule: sets the learning rate of every group by hand."""

    def __init__(self, optimizer, total_steps):
        self.optimizer = optimizer
        self.total_steps = total_steps
        self.base = [group["lr"] for group in optimizer.param_groups]
        self.done = 0

    def step(self):
        self.done += 1
        left = max(self.total_steps - self.done, 0) / self.total_steps
        for group, base in zip(self.optimizer.param_groups, self.base, strict=True):
            group["lr"] = base * left


class Loop:
    def __init__(self, model: nn.Module):
        self.model = model
        self.best = (math.inf, None, None)

    def train(self, loader, optimizer, scheduler):
        self.model.train(True)
        out = []
        it = iter(loader)
        while True:
            try:
                batch = next(it)
            except StopIteration:
                break
            loss = self.model(**batch).loss
            for p in self.model.parameters():
                p.grad = None
            loss.backward()
            optimizer.step()
            scheduler.step()
            out.append(loss.detach().item())
        return out

    def validate(self, loader):
        before = self.model.training
        grad_before = torch.is_grad_enabled()
        self.model.train(False)
        torch.set_grad_enabled(False)
        try:
            losses = [self.model(**batch).loss for batch in loader]
            return torch.stack(losses).mean().item()
        finally:
            torch.set_grad_enabled(grad_before)
            self.model.train(before)

    def remember(self, epoch, loss):
        if loss < self.best[0]:
            buffer = io.BytesIO()
            torch.save(self.model.state_dict(), buffer)
            buffer.seek(0)
            self.best = (loss, epoch, torch.load(buffer))


def train_epoch(model, loader, optimizer, scheduler):
    return Loop(model).train(loader, optimizer, scheduler)


def evaluate(model, loader):
    return Loop(model).validate(loader)


def fit(model, train_loader, val_loader, num_epochs, lr, weight_decay=0.01):
    loop = Loop(model)
    optimizer = torch.optim.AdamW(model.parameters(), lr, weight_decay=weight_decay, foreach=False)
    scheduler = LinearDecay(optimizer, num_epochs * len(train_loader))
    train_losses, val_losses = [], []
    for epoch in range(num_epochs):
        train_losses += loop.train(train_loader, optimizer, scheduler)
        val_losses.append(loop.validate(val_loader))
        loop.remember(epoch, val_losses[-1])
    _, best_epoch, best_state = loop.best
    return dict(
        train_losses=train_losses,
        val_losses=val_losses,
        best_epoch=best_epoch,
        best_state=best_state,
    )
