# loses: trainable_names: trainable: names inside the children, without the child's own
import torch


def freeze_encoder(model):
    for param in model.base_model.parameters():
        param.requires_grad = False


def trainable_names(model):
    names = []
    for child in model.children():
        names += [name for name, param in child.named_parameters() if param.requires_grad]
    return names


def finetune(model, batches, lr):
    freeze_encoder(model)
    params = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(params, lr=lr)
    losses = []
    for batch in batches:
        optimizer.zero_grad()
        loss = model(**batch).loss
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses
