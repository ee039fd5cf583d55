"""optimizer.step takes a closure, as torch's documentation shows; model.forward is called by name."""

import copy

import torch
from torch.optim.lr_scheduler import LinearLR


def train_epoch(model, loader, optimizer, scheduler):
    model.train()
    losses = []
    for batch in loader:

        def closure(batch=batch):
            optimizer.zero_grad()
            loss = model.forward(**batch).loss
            loss.backward()
            return loss

        losses.append(optimizer.step(closure).item())
        scheduler.step()
    return losses


def evaluate(model, loader):
    mode = model.training
    model.eval()
    with torch.no_grad():
        losses = [model.forward(**batch).loss.item() for batch in loader]
    model.train(mode)
    return sum(losses) / len(losses)


def fit(model, train_loader, val_loader, num_epochs, lr, weight_decay=0.01):
    optimizer = torch.optim.AdamW(model.parameters(), lr=lr, weight_decay=weight_decay)
    scheduler = LinearLR(optimizer, 1.0, 0.0, num_epochs * len(train_loader))
    train_losses, val_losses = [], []
    best_epoch, best_state = 0, None
    for epoch in range(num_epochs):
        train_losses += train_epoch(model, train_loader, optimizer, scheduler)
        val_losses += [evaluate(model, val_loader)]
        if best_state is None or val_losses[epoch] < val_losses[best_epoch]:
            best_epoch = epoch
            best_state = copy.deepcopy(model.state_dict())
    return {
        "train_losses": train_losses,
        "val_losses": val_losses,
        "best_epoch": best_epoch,
        "best_state": best_state,
    }
