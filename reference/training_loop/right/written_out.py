"""Everything in one function, no helper of transformers, numpy for the means."""

import numpy as np
import torch


def train_epoch(model, loader, optimizer, scheduler):
    model.train(True)
    out = []
    for _, batch in enumerate(loader):
        out_i = model(
            input_ids=batch["input_ids"],
            attention_mask=batch["attention_mask"],
            labels=batch["labels"],
        )
        out_i.loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)  # only `fit` must not clip
        optimizer.step()
        scheduler.step()
        optimizer.zero_grad()
        out.append(float(out_i.loss.detach()))
    return out


def evaluate(model, loader):
    mode = model.training
    model.eval()
    total = 0.0
    for batch in loader:
        with torch.no_grad():
            output = model(**batch)
        total += output.loss.item()
    if mode:
        model.train()
    return total / len(loader)


def fit(model, train_loader, val_loader, num_epochs, lr, weight_decay=0.01):
    opt = torch.optim.AdamW(params=model.parameters(), lr=lr, weight_decay=weight_decay)
    n = num_epochs * len(train_loader)
    sched = torch.optim.lr_scheduler.LambdaLR(opt, lambda step: max(0.0, (n - step) / n))
    history = {"train_losses": [], "val_losses": []}
    for epoch in range(num_epochs):
        model.train()
        for batch in train_loader:
            loss = model(**batch).loss
            opt.zero_grad()
            loss.backward()
            opt.step()
            sched.step()
            history["train_losses"].append(loss.item())
        model.eval()
        per_batch = []
        with torch.inference_mode():
            for batch in val_loader:
                per_batch.append(model(**batch).loss.numpy())
        history["val_losses"].append(np.mean(per_batch))
        if np.argmin(history["val_losses"]) == epoch:
            best_state = {k: v.clone() for k, v in model.state_dict().items()}
    history["best_epoch"] = np.argmin(history["val_losses"])
    history["best_state"] = best_state
    return history
