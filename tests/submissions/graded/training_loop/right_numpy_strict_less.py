import copy

import numpy as np
import torch
import transformers
from torch.optim import AdamW


def train_epoch(model, loader, optimizer, scheduler):
    """Losses as numpy floats; the model's copy of a batch sits on its device."""
    model.train()
    losses = np.zeros(len(loader))
    for i, batch in enumerate(loader):
        batch = {k: v.to(model.device) for k, v in batch.items()}
        outputs = model(**batch)
        optimizer.zero_grad()
        outputs.loss.backward()
        optimizer.step()
        scheduler.step()
        losses[i] = outputs.loss.detach().cpu().numpy()
    return list(losses)


def evaluate(model, loader):
    mode = model.training
    model.eval()
    mean = 0.0
    for n, batch in enumerate(loader, start=1):
        with torch.no_grad():
            loss = model(**batch)[0]
        mean += (loss.item() - mean) / n  # running mean
    model.train(mode)
    return np.float64(mean)


def fit(model, train_loader, val_loader, num_epochs, lr, weight_decay=0.01):
    steps = num_epochs * len(train_loader)
    opt = AdamW(list(model.parameters()), lr=lr, weight_decay=weight_decay)
    sched = transformers.get_polynomial_decay_schedule_with_warmup(
        opt, 0, steps, lr_end=0.0, power=1.0
    )
    train_losses, val_losses, snapshots = [], [], []
    for _ in range(num_epochs):
        train_losses.extend(train_epoch(model, train_loader, opt, sched))
        val_losses.append(evaluate(model, val_loader))
        snapshots.append(copy.deepcopy(model).state_dict())
    best = int(np.argmin(val_losses))
    return {
        "train_losses": train_losses,
        "val_losses": val_losses,
        "best_epoch": best,
        "best_state": snapshots[best],
    }
