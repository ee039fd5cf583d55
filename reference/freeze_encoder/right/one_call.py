"""`requires_grad_` on the base model, a strong weight decay, the model's own `zero_grad`."""

import torch
from transformers import PreTrainedModel


def freeze_encoder(model: PreTrainedModel) -> None:
    model.base_model.requires_grad_(False)


def trainable_names(model):
    names = []
    for name, parameter in model.named_parameters():
        if parameter.requires_grad is True:
            names.append(name)
    return names


def finetune(model, batches, lr):
    freeze_encoder(model)
    model.train()
    optimizer = torch.optim.AdamW(
        filter(lambda parameter: parameter.requires_grad, model.parameters()),
        lr=lr,
        weight_decay=0.1,
    )
    losses = []
    for batch in batches:
        model.zero_grad()
        output = model(
            input_ids=batch["input_ids"],
            attention_mask=batch["attention_mask"],
            labels=batch["labels"],
        )
        output.loss.backward()
        optimizer.step()
        losses += [float(output.loss.detach())]
    return losses
