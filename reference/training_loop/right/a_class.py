"""A small trainer class, `get_scheduler`, the best state through bytes."""

import io

import torch
from transformers import get_scheduler


class Loop:
    def __init__(self, model, optimizer, scheduler):
        self.model, self.optimizer, self.scheduler = model, optimizer, scheduler

    def step(self, batch):
        self.optimizer.zero_grad(set_to_none=False)
        output = self.model(**{k: v.to(self.model.device) for k, v in batch.items()})
        output[0].backward()
        self.optimizer.step()
        self.scheduler.step()
        return output[0].item()

    def epoch(self, loader):
        self.model.train()
        return [self.step(batch) for batch in loader]


class Evaluation:
    """Puts a model into evaluation mode for the length of a block."""

    def __init__(self, model):
        self.model = model

    def __enter__(self):
        self.was = self.model.training
        self.model.eval()
        return self.model

    def __exit__(self, *_):
        self.model.train(mode=self.was)


class Best:
    def __init__(self):
        self.losses, self.saved, self.epoch = [], None, 0

    def see(self, model, loss):
        if not self.losses or loss < min(self.losses):
            self.epoch = len(self.losses)
            self.saved = io.BytesIO()
            torch.save(model.state_dict(), self.saved)
        self.losses.append(loss)

    def state(self):
        self.saved.seek(0)
        return torch.load(self.saved)


def train_epoch(model, loader, optimizer, scheduler):
    return Loop(model, optimizer, scheduler).epoch(loader)


@torch.no_grad()
def evaluate(model, loader):
    with Evaluation(model) as quiet:
        losses = [quiet(**batch).loss.item() for batch in loader]
    return sum(losses) / len(losses)


def fit(model, train_loader, val_loader, num_epochs, lr, weight_decay=0.01):
    groups = [{"params": list(model.parameters()), "weight_decay": weight_decay}]
    optimizer = torch.optim.AdamW(groups, lr=lr)
    scheduler = get_scheduler(
        "linear",
        optimizer=optimizer,
        num_warmup_steps=0,
        num_training_steps=num_epochs * len(train_loader),
    )
    loop, best, losses = Loop(model, optimizer, scheduler), Best(), ()
    for _ in range(num_epochs):
        losses = (*losses, *loop.epoch(train_loader))
        best.see(model, evaluate(model, val_loader))
    return {
        "train_losses": losses,
        "val_losses": tuple(best.losses),
        "best_epoch": best.epoch,
        "best_state": best.state(),
        "optimizer": "AdamW",
    }
