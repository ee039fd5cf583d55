"""By names; one optimizer with a group for weights and one for biases."""

import torch


def is_encoder(model, name):
    return name.startswith(model.base_model_prefix + ".")


def freeze_encoder(model):
    for name, parameter in model.named_parameters():
        parameter.requires_grad = not is_encoder(model, name)


def trainable_names(model):
    return list(dict(filter(lambda item: item[1].requires_grad, model.named_parameters())))


def finetune(model, batches, lr):
    for name, parameter in model.named_parameters():
        if is_encoder(model, name):
            parameter.requires_grad_(False)
        parameter.grad = None
    head = {n: p for n, p in model.named_parameters() if p.requires_grad}
    groups = [
        {"params": [p for n, p in head.items() if n.endswith("weight")], "weight_decay": 0.01},
        {"params": [p for n, p in head.items() if not n.endswith("weight")], "weight_decay": 0.0},
    ]
    optimizer = torch.optim.AdamW(groups, lr=lr)
    history = []
    for batch in batches:
        output = model(
            input_ids=batch["input_ids"],
            attention_mask=batch["attention_mask"],
            labels=batch["labels"],
            return_dict=True,
        )
        output.loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        history.append(output.loss.item())
    return history
