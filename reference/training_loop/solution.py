"""Topic 8, the training loop: what `Trainer` does for you, written out once.

A batch is a mapping with `input_ids`, `attention_mask` and `labels`; a loader gives a few of them,
the last one often shorter than the others. The model computes its own loss when it gets `labels`.
"""

import copy
import math

import torch
from torch.optim import AdamW, Optimizer
from torch.optim.lr_scheduler import LRScheduler
from torch.utils.data import DataLoader
from transformers import PreTrainedModel, get_linear_schedule_with_warmup


def train_epoch(
    model: PreTrainedModel, loader: DataLoader, optimizer: Optimizer, scheduler: LRScheduler
) -> list[float]:
    """Train the model on every batch of the loader, once, and return the losses.

    model: a sequence classifier; it may come in either mode and is trained in training mode.
    loader: gives mappings with input_ids, attention_mask (batch, sequence) and labels (batch).
    optimizer: holds the model's parameters; takes one step a batch.
    scheduler: takes one step after every step of the optimizer.
    Returns one loss a step, as numbers: what the model gave for the batch it then learned from.

    Hints:
    1. A model from `from_pretrained` is in evaluation mode. Which call changes that?
    2. `model(**batch)` returns an object with `loss` when the batch has labels.
    3. Four things belong to one step: forget the old gradients, compute new ones, let the
       optimizer use them, let the scheduler set the next learning rate. Their order matters.
    4. Keep a number of each loss, not the tensor: a tensor keeps its whole graph in memory.
    """
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


def evaluate(model: PreTrainedModel, loader: DataLoader) -> float:
    """Return the mean of the batch losses, without learning anything from them.

    model: a sequence classifier, in training or in evaluation mode. It runs in evaluation mode
        and without gradients, and is handed back in the mode it came in.
    loader: as for `train_epoch`. Every batch counts the same, however many rows it has.

    Hints:
    1. `model.training` tells the mode. Look at it before you change it.
    2. `torch.no_grad()` saves the memory and the time that gradients would take.
    3. Start from nothing: the lecture's loop adds to the `loss` that training left behind.
    """
    was_training = model.training
    model.eval()
    losses = []
    with torch.no_grad():
        for batch in loader:
            losses.append(model(**batch).loss.item())
    model.train(was_training)
    return sum(losses) / len(losses)


def fit(
    model: PreTrainedModel,
    train_loader: DataLoader,
    val_loader: DataLoader,
    num_epochs: int,
    lr: float,
    weight_decay: float = 0.01,
) -> dict:
    """Train for some epochs, evaluate after each, and keep the best state.

    The optimizer is AdamW with one parameter group, `lr` and `weight_decay`; no clipping. The
    learning rate falls linearly from `lr` to zero over all the steps of all the epochs, without
    warm-up. The model ends with the weights of the last step, whichever epoch was the best.
    Returns a dict:
        train_losses: the loss of every step of every epoch, in one list;
        val_losses: one validation loss an epoch;
        best_epoch: the epoch (counted from 0) with the lowest validation loss, the first on a tie;
        best_state: a copy of the model's state dict as it was after that epoch.

    Hints:
    1. `train_epoch` and `evaluate` do most of the work. One optimizer and one scheduler live
       through all the epochs.
    2. How many steps are there in all? The schedule has to know before the first one.
    3. `get_linear_schedule_with_warmup` of transformers is such a schedule.
    4. `state_dict()` hands out the model's own tensors, which the next step changes in place.
       A dict of the same tensors is no copy either.
    5. Check it on data where the best epoch is not the last: is the state you kept the one that
       gives the best validation loss when you load it again?
    """
    optimizer = AdamW(model.parameters(), lr=lr, weight_decay=weight_decay)
    total_steps = num_epochs * len(train_loader)
    scheduler = get_linear_schedule_with_warmup(optimizer, 0, total_steps)
    train_losses, val_losses = [], []
    best_loss = math.inf
    for epoch in range(num_epochs):
        train_losses += train_epoch(model, train_loader, optimizer, scheduler)
        val_losses.append(evaluate(model, val_loader))
        if val_losses[-1] < best_loss:
            best_epoch, best_loss = epoch, val_losses[-1]
            best_state = copy.deepcopy(model.state_dict())
    return {
        "train_losses": train_losses,
        "val_losses": val_losses,
        "best_epoch": best_epoch,
        "best_state": best_state,
    }
