# loses: finetune: "the loss before each step": its list starts with the loss before freezing, and it uses trainable_names, which is right
import torch


def freeze_encoder(model):
    model.base_model.requires_grad_(False)


def trainable_names(model):
    return [name for name, param in model.named_parameters() if param.requires_grad]


def finetune(model, batches, lr):
    names = trainable_names(model)
    freeze_encoder(model)
    params = [p for n, p in model.named_parameters() if n in names]
    optimizer = torch.optim.AdamW(params, lr=lr)
    losses = [model(**batches[0]).loss.item()]
    for batch in batches:
        optimizer.zero_grad()
        loss = model(**batch).loss
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses
