"""The loss by hand from the logits; the labels are popped from the batch (changes it in place)."""

import copy

import torch
import torch.nn.functional as F  # noqa: N812
from transformers import get_linear_schedule_with_warmup


def batch_loss(model, batch):
    labels = batch.pop("labels")
    for key in batch:
        batch[key] = batch[key].to(model.device)
    return F.cross_entropy(model(**batch).logits, labels.to(model.device))


def train_epoch(model, loader, optimizer, scheduler):
    model.train()
    losses = []
    for batch in loader:
        loss = batch_loss(model, batch)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        scheduler.step()
        losses.append(loss.item())
    return losses


@torch.no_grad()
def evaluate(model, loader):
    mode = model.training
    model.eval()
    losses = [batch_loss(model, batch).item() for batch in loader]
    model.train(mode)
    return sum(losses) / len(losses)


def fit(model, train_loader, val_loader, num_epochs, lr, weight_decay=0.01):
    optimizer = torch.optim.AdamW(model.parameters(), lr=lr, weight_decay=weight_decay)
    scheduler = get_linear_schedule_with_warmup(optimizer, 0, num_epochs * len(train_loader))
    train_losses, val_losses, best_epoch, best_state = [], [], 0, None
    for epoch in range(num_epochs):
        train_losses += train_epoch(model, train_loader, optimizer, scheduler)
        val_losses.append(evaluate(model, val_loader))
        if val_losses[epoch] < val_losses[best_epoch] or epoch == 0:
            best_epoch, best_state = epoch, copy.deepcopy(model.state_dict())
    return {
        "train_losses": train_losses,
        "val_losses": val_losses,
        "best_epoch": best_epoch,
        "best_state": best_state,
    }
