import torch


def train_epoch(model, loader, optimizer, scheduler):
    all_losses = []
    model.train()
    with torch.enable_grad():
        for batch in loader:
            loss, logits = model(**batch).to_tuple()[:2]
            optimizer.zero_grad(set_to_none=False)
            loss.backward()
            optimizer.step()
            scheduler.step()
            all_losses.append(loss.tolist())
    model.eval()
    return all_losses


def evaluate(model, loader):
    former = model.training
    model.eval()
    with torch.no_grad():
        losses = tuple(model(**batch).loss.item() for batch in loader)
    if former:
        model.train()
    else:
        model.eval()
    return sum(losses) / len(losses)


def fit(model, train_loader, val_loader, num_epochs, lr, weight_decay=0.01):
    """Sets the learning rate by hand before each step: lr * (1 - step / total)."""
    optimizer = torch.optim.AdamW(model.parameters(), lr=lr, weight_decay=weight_decay)
    total = num_epochs * len(train_loader)
    step = 0
    train_losses, val_losses = [], []
    best_epoch = best_state = None
    for epoch in range(num_epochs):
        model.train()
        for batch in train_loader:
            for group in optimizer.param_groups:
                group["lr"] = lr * (1 - step / total)
            optimizer.zero_grad()
            loss = model(**batch).loss
            loss.backward()
            optimizer.step()
            train_losses.append(loss.item())
            step += 1
        model.eval()
        with torch.no_grad():
            val = [model(**batch).loss.item() for batch in val_loader]
        val_losses.append(sum(val) / len(val))
        if best_epoch is None or val_losses[epoch] < val_losses[best_epoch]:
            best_epoch = epoch
            best_state = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    return {
        "train_losses": train_losses,
        "val_losses": val_losses,
        "best_epoch": best_epoch,
        "best_state": best_state,
    }
