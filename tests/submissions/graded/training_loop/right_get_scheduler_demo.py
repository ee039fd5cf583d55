from copy import deepcopy
from typing import Any

import numpy as np
import torch
from torch.optim.adamw import AdamW
from torch.utils.data import DataLoader
from transformers import get_scheduler


def train_epoch(model, loader, optimizer, scheduler) -> list[float]:
    model.train()
    step_losses: list[float] = []
    for i, batch in enumerate(loader):
        model.zero_grad()
        out = model(
            input_ids=batch["input_ids"],
            attention_mask=batch["attention_mask"],
            labels=batch["labels"],
        )
        out["loss"].backward()
        optimizer.step()
        scheduler.step()
        step_losses.append(out["loss"].item())
        if i % 50 == 0:
            print(f"step {i}: loss {step_losses[-1]:.3f}")
    return step_losses


def evaluate(model, loader) -> float:
    training_before = model.training
    model.eval()
    batch_losses = []
    with torch.inference_mode():
        for batch in loader:
            batch_losses.append(model(**batch).loss.item())
    model.train(mode=training_before)
    return float(np.mean(batch_losses))


def fit(
    model,
    train_loader: DataLoader,
    val_loader: DataLoader,
    num_epochs: int,
    lr: float,
    weight_decay: float = 0.01,
) -> dict[str, Any]:
    params = [p for p in model.parameters() if p.requires_grad]
    optimizer = AdamW(params, lr=lr, weight_decay=weight_decay)
    scheduler = get_scheduler(
        "linear",
        optimizer=optimizer,
        num_warmup_steps=0,
        num_training_steps=num_epochs * len(train_loader),
    )
    result: dict[str, Any] = dict(train_losses=[], val_losses=[], best_epoch=-1, best_state=None)
    best = np.inf
    for epoch in range(num_epochs):
        result["train_losses"].extend(train_epoch(model, train_loader, optimizer, scheduler))
        val = evaluate(model, val_loader)
        result["val_losses"].append(val)
        print(f"epoch {epoch}: val loss {val:.4f}")
        if val < best:
            best = val
            result.update(best_epoch=epoch, best_state=deepcopy(model.state_dict()))
    return result


# ---- demo ----
torch.manual_seed(0)


class Toy(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.emb = torch.nn.Embedding(10, 4)
        self.out = torch.nn.Linear(4, 2)

    def forward(self, input_ids, attention_mask=None, labels=None):
        logits = self.out(self.emb(input_ids).mean(1))
        loss = torch.nn.functional.cross_entropy(logits, labels)
        return type("Out", (dict,), {"loss": loss})(loss=loss, logits=logits)


toy_batches = [
    {
        "input_ids": torch.randint(0, 10, (2, 3)),
        "attention_mask": torch.ones(2, 3),
        "labels": torch.tensor([0, 1]),
    }
    for _ in range(3)
]
demo = fit(Toy(), toy_batches, toy_batches, num_epochs=2, lr=1e-2)
print(demo["train_losses"], demo["val_losses"], demo["best_epoch"])

if __name__ == "__main__":
    print("done")
