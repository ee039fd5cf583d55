# loses: fit: "over all the steps": a smaller last batch is not counted as a step
import torch
from torch.optim.lr_scheduler import LambdaLR


def train_epoch(model, loader, optimizer, scheduler):
    losses = []
    model.train()
    for batch in loader:
        outputs = model(**{k: v.to(model.device) for k, v in batch.items()})
        outputs.loss.backward()
        optimizer.step()
        scheduler.step()
        optimizer.zero_grad()
        losses.append(float(outputs.loss))
    return losses


@torch.no_grad()
def evaluate(model, loader):
    former = model.training
    model.eval()
    total = 0.0
    for batch in loader:
        outputs = model(**{k: v.to(model.device) for k, v in batch.items()})
        total += outputs.loss.item()
    if former:
        model.train()
    return total / len(loader)


def fit(model, train_loader, val_loader, num_epochs, lr, weight_decay=0.01):
    optimizer = torch.optim.AdamW(model.parameters(), lr=lr, weight_decay=weight_decay)
    total_steps = num_epochs * sum(len(b["labels"]) for b in train_loader)
    total_steps //= max(len(b["labels"]) for b in train_loader)
    scheduler = LambdaLR(optimizer, lambda step: max(0.0, 1 - step / total_steps))
    result = {"train_losses": [], "val_losses": [], "best_epoch": 0, "best_state": None}
    for epoch in range(num_epochs):
        model.train()
        for batch in train_loader:
            optimizer.zero_grad()
            loss = model(**batch).loss
            loss.backward()
            optimizer.step()
            scheduler.step()
            result["train_losses"].append(loss.item())
        model.eval()
        val_loss = 0.0
        with torch.no_grad():
            for batch in val_loader:
                val_loss += model(**batch).loss.item()
        val_loss /= len(val_loader)
        if epoch == 0 or val_loss < min(result["val_losses"]):
            result["best_epoch"] = epoch
            result["best_state"] = {k: v.clone() for k, v in model.state_dict().items()}
        result["val_losses"].append(val_loss)
    return result
