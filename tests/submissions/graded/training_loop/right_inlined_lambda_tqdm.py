"""Everything written out in fit, after the lecture's own loop. Progress bars on stderr."""

import torch
import torch.optim as optim
from torch.optim.lr_scheduler import LambdaLR
from tqdm import tqdm


def to_device(batch, model):
    device = next(model.parameters()).device
    return {key: value.to(device) for key, value in batch.items()}


def train_epoch(model, loader, optimizer, scheduler):
    losses = []
    model.train()
    for batch in tqdm(loader, desc="training", leave=False):
        output = model(**to_device(batch, model), return_dict=False)
        loss = output[0]
        loss.backward()
        optimizer.step()
        scheduler.step()
        optimizer.zero_grad()
        losses.append(float(loss))
    return losses


@torch.no_grad()
def evaluate(model, loader):
    mode = model.training
    model.eval()
    total, count = 0.0, 0
    for batch in tqdm(loader, desc="validation", leave=False):
        output = model(**to_device(batch, model), return_dict=False)
        total += float(output[0])
        count += 1
    model.train(mode)
    return total / count


def fit(model, train_loader, val_loader, num_epochs, lr, weight_decay=0.01):
    optimizer = optim.AdamW(model.parameters(), lr=lr, weight_decay=weight_decay)
    total_steps = len(train_loader) * num_epochs
    scheduler = LambdaLR(optimizer, lambda step: max(0.0, 1 - step / total_steps))
    history = {"train_losses": [], "val_losses": [], "best_epoch": 0, "best_state": {}}
    pbar = tqdm(range(num_epochs))
    for epoch in pbar:
        model.train()
        for batch in train_loader:
            output = model(**to_device(batch, model))
            output.loss.backward()
            optimizer.step()
            scheduler.step()
            optimizer.zero_grad()
            history["train_losses"].append(output.loss.detach().cpu().item())
        model.eval()
        running = []
        for batch in val_loader:
            with torch.no_grad():
                output = model(**to_device(batch, model))
            running.append(output.loss.item())
        val_loss = sum(running) / len(running)
        pbar.set_postfix(val_loss=val_loss)
        if epoch == 0 or val_loss < min(history["val_losses"]):
            history["best_epoch"] = epoch
            history["best_state"] = {k: v.detach().clone() for k, v in model.state_dict().items()}
        history["val_losses"].append(val_loss)
    return history
