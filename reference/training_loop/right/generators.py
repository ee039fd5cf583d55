"""Generators for the steps, torch tensors for the losses, every state kept until the end."""

from collections import OrderedDict

import torch
from torch.nn import functional
from torch.optim.lr_scheduler import LinearLR


def steps(model, loader, optimizer, scheduler):
    for batch in loader:
        batch = dict(batch)
        labels = batch.pop("labels")
        loss = functional.cross_entropy(model(**batch).logits, labels)
        model.zero_grad()
        loss.backward()
        optimizer.step()
        scheduler.step()
        yield loss.detach()


def losses_of(model, loader):
    yield from (model(**batch)["loss"] for batch in loader)


def train_epoch(model, loader, optimizer, scheduler):
    model.train()
    return list(steps(model, loader, optimizer, scheduler))


def evaluate(model, loader):
    before = {module: module.training for module in model.modules()}
    try:
        with torch.inference_mode():
            return torch.stack(list(losses_of(model.eval(), loader))).mean()
    finally:
        for module, training in before.items():
            module.training = training


def fit(model, train_loader, val_loader, num_epochs, lr, weight_decay=0.01):
    optimizer = torch.optim.AdamW(
        filter(lambda p: p.requires_grad, model.parameters()), lr, weight_decay=weight_decay
    )
    scheduler = LinearLR(
        optimizer, start_factor=1.0, end_factor=0.0, total_iters=num_epochs * len(train_loader)
    )
    losses, held_out, states = [], [], []
    for _ in range(num_epochs):
        losses.extend(train_epoch(model, train_loader, optimizer, scheduler))
        held_out.append(evaluate(model, val_loader))
        states.append(
            OrderedDict((k, v.detach().cpu().clone()) for k, v in model.state_dict().items())
        )
    best = min(range(num_epochs), key=lambda epoch: held_out[epoch].item())
    return {
        "train_losses": torch.stack(losses),
        "val_losses": torch.stack(held_out),
        "best_epoch": best,
        "best_state": states[best],
    }
