"""The course's loop with Hugging Face Accelerate."""

import copy

import torch
from accelerate import Accelerator
from transformers import get_scheduler


def train_epoch(model, loader, optimizer, scheduler):
    accelerator = Accelerator()
    model.train()
    losses = []
    for batch in loader:
        outputs = model(**batch)
        accelerator.backward(outputs.loss)
        optimizer.step()
        scheduler.step()
        optimizer.zero_grad()
        losses.append(outputs.loss.item())
    return losses


def evaluate(model, loader):
    former = model.training
    model.eval()
    losses = []
    for batch in loader:
        with torch.no_grad():
            losses.append(model(**batch).loss)
    model.train(former)
    return torch.stack(losses).mean().item()


def fit(model, train_loader, val_loader, num_epochs, lr, weight_decay=0.01):
    accelerator = Accelerator()
    optimizer = torch.optim.AdamW(model.parameters(), lr=lr, weight_decay=weight_decay)
    scheduler = get_scheduler(
        "linear",
        optimizer,
        num_warmup_steps=0,
        num_training_steps=num_epochs * len(train_loader),
    )
    model, optimizer, scheduler = accelerator.prepare(model, optimizer, scheduler)
    train_losses, val_losses = [], []
    best_loss, best_epoch, best_state = float("inf"), None, None
    for epoch in range(num_epochs):
        train_losses.extend(train_epoch(model, train_loader, optimizer, scheduler))
        val_losses.append(evaluate(model, val_loader))
        if val_losses[-1] < best_loss:
            best_loss, best_epoch = val_losses[-1], epoch
            best_state = copy.deepcopy(accelerator.unwrap_model(model).state_dict())
    return {
        "train_losses": train_losses,
        "val_losses": val_losses,
        "best_epoch": best_epoch,
        "best_state": best_state,
    }
