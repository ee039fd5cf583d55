"""Seeds torch in fit, looks at a first batch of each loader, and evaluates once beforehand."""

import random
from copy import deepcopy

import numpy as np
import torch
from transformers.optimization import get_scheduler


def set_seed(seed=42):
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)


def train_epoch(model, loader, optimizer, scheduler):
    model.train()
    loss_log = []
    for _step, batch in zip(range(len(loader)), loader, strict=False):
        with torch.set_grad_enabled(True):
            loss = model(**batch).loss
            loss.backward()
        optimizer.step()
        scheduler.step()
        model.zero_grad(set_to_none=True)
        loss_log.append(loss.detach().numpy().item())
    return loss_log


def evaluate(model, loader):
    mode = model.training
    model.eval()
    loss_log = torch.zeros(len(loader), dtype=torch.float64)
    for i, batch in enumerate(loader):
        with torch.no_grad():
            loss_log[i] = model(**batch).loss
    model.train(mode)
    return loss_log.mean().item()


def fit(model, train_loader, val_loader, num_epochs, lr, weight_decay=0.01):
    set_seed()
    first = next(iter(train_loader))
    print({k: tuple(v.shape) for k, v in first.items()})
    num_steps = num_epochs * sum(1 for _ in train_loader)
    optimizer = torch.optim.AdamW(model.parameters(), lr=lr, weight_decay=weight_decay)
    scheduler = get_scheduler("linear", optimizer, 0, num_steps)
    print(f"before training: {evaluate(model, val_loader):.3f}")
    train_losses, val_losses = [], []
    best = {}
    for epoch in range(num_epochs):
        set_seed(epoch)
        train_losses += train_epoch(model, train_loader, optimizer, scheduler)
        val_loss = evaluate(model, val_loader)
        val_losses.append(val_loss)
        if not best or val_loss < best["loss"]:
            best = dict(epoch=epoch, state=deepcopy(model.state_dict()), loss=val_loss)
    return {
        "train_losses": train_losses,
        "val_losses": val_losses,
        "best_epoch": best["epoch"],
        "best_state": best["state"],
    }
