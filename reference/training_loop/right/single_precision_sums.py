"""Sums losses in float32 tensors, leaves the model in evaluation mode after training, recursion."""

import torch
from transformers import get_polynomial_decay_schedule_with_warmup


def train_epoch(model, loader, optimizer, scheduler):
    losses = []
    for batch in loader:
        model.train()
        with torch.enable_grad():
            loss = model(**batch).loss
        grads = torch.autograd.grad(loss, list(model.parameters()), allow_unused=True)
        for parameter, grad in zip(model.parameters(), grads, strict=True):
            parameter.grad = grad
        optimizer.step()
        scheduler.step()
        losses.append(loss.detach())
        model.eval()
    return losses


def evaluate(model, loader):
    was = "train" if model.training else "eval"
    model.eval()
    previous = torch.is_grad_enabled()
    torch.set_grad_enabled(False)
    total = torch.tensor(0.0)
    count = 0
    for batch in loader:
        total += model(**batch).loss
        count += 1
    torch.set_grad_enabled(previous)
    getattr(model, was)()
    return total / count


def fit(model, train_loader, val_loader, num_epochs, lr, weight_decay=0.01):
    optimizer = torch.optim.AdamW(model.parameters(), lr, (0.9, 0.999), 1e-8, weight_decay)
    scheduler = get_polynomial_decay_schedule_with_warmup(
        optimizer,
        num_warmup_steps=0,
        num_training_steps=len(train_loader) * num_epochs,
        lr_end=0.0,
        power=1.0,
    )

    def epochs(epoch, best, best_state, losses, val_losses):
        if epoch == num_epochs:
            return {
                "train_losses": losses,
                "val_losses": val_losses,
                "best_epoch": best,
                "best_state": best_state,
            }
        losses = losses + train_epoch(model, train_loader, optimizer, scheduler)
        val_loss = evaluate(model, val_loader)
        if best < 0 or val_loss < val_losses[best]:
            best, best_state = epoch, {k: torch.clone(v) for k, v in model.state_dict().items()}
        return epochs(epoch + 1, best, best_state, losses, [*val_losses, val_loss])

    return epochs(0, -1, None, [], [])
