# loses: fit: "`train_losses` (every step)": one mean an epoch
import copy

import torch
from torch.optim import AdamW
from transformers import get_linear_schedule_with_warmup


def train_epoch(model, loader, optimizer, scheduler):
    model.train()
    losses = []
    for batch in loader:
        optimizer.zero_grad()
        loss = model(**batch).loss
        loss.backward()
        optimizer.step()
        scheduler.step()
        losses.append(loss.item())
    return losses


def evaluate(model, loader):
    was_training = model.training
    model.eval()
    losses = []
    with torch.no_grad():
        for batch in loader:
            losses.append(model(**batch).loss.item())
    model.train(was_training)
    return sum(losses) / len(losses)


def fit(model, train_loader, val_loader, num_epochs, lr, weight_decay=0.01):
    optimizer = AdamW(model.parameters(), lr=lr, weight_decay=weight_decay)
    num_steps = num_epochs * len(train_loader)
    scheduler = get_linear_schedule_with_warmup(optimizer, 0, num_steps)
    train_losses, val_losses = [], []
    best_loss, best_epoch, best_state = float("inf"), None, None
    for epoch in range(num_epochs):
        epoch_losses = train_epoch(model, train_loader, optimizer, scheduler)
        train_losses.append(sum(epoch_losses) / len(epoch_losses))
        val_losses.append(evaluate(model, val_loader))
        if val_losses[-1] < best_loss:
            best_loss = val_losses[-1]
            best_epoch = epoch
            best_state = copy.deepcopy(model.state_dict())
    return {
        "train_losses": train_losses,
        "val_losses": val_losses,
        "best_epoch": best_epoch,
        "best_state": best_state,
    }
