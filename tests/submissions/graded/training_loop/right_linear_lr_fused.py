import statistics
from contextlib import contextmanager

import torch
from torch.optim.lr_scheduler import LinearLR


@contextmanager
def evaluating(model):
    """Eval mode without gradients; every module gets its own mode back."""
    modes = {module: module.training for module in model.modules()}
    model.eval()
    try:
        with torch.no_grad():
            yield model
    finally:
        for module, mode in modes.items():
            module.training = mode


def one_step(model, batch, optimizer, scheduler):
    optimizer.zero_grad(set_to_none=True)
    loss = model(**batch).loss
    loss.backward()
    optimizer.step()
    scheduler.step()
    return loss.item()


def train_epoch(model, loader, optimizer, scheduler):
    model.train()
    return [one_step(model, batch, optimizer, scheduler) for batch in loader]


def evaluate(model, loader):
    with evaluating(model):
        return statistics.fmean(model(**batch).loss.item() for batch in loader)


def fit(model, train_loader, val_loader, num_epochs, lr, weight_decay=0.01):
    optimizer = torch.optim.AdamW(
        params=model.parameters(), lr=lr, weight_decay=weight_decay, fused=True
    )
    scheduler = LinearLR(
        optimizer, start_factor=1.0, end_factor=0.0, total_iters=num_epochs * len(train_loader)
    )
    train_losses, val_losses, states = [], [], []
    for _ in range(num_epochs):
        train_losses.extend(train_epoch(model, train_loader, optimizer, scheduler))
        val_losses.append(evaluate(model, val_loader))
        states.append({k: v.cpu().clone() for k, v in model.state_dict().items()})
    best_epoch = val_losses.index(min(val_losses))
    return {
        "train_losses": train_losses,
        "val_losses": val_losses,
        "best_epoch": best_epoch,
        "best_state": states[best_epoch],
    }
