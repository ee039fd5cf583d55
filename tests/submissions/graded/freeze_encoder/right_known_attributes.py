"""The base model by its attribute, with the usual names tried in turn."""

import copy

import torch

KNOWN = ("distilbert", "bert", "roberta", "albert", "electra", "deberta", "transformer", "model")


def encoder_of(model):
    for name in KNOWN:
        if hasattr(model, name):
            return getattr(model, name)
    return model.base_model


def freeze_encoder(model):
    encoder_of(model).requires_grad_(False)


def trainable_names(model):
    return [pair[0] for pair in model.named_parameters() if pair[1].requires_grad]


def finetune(model, batches, lr):
    freeze_encoder(model)
    before = copy.deepcopy(encoder_of(model).state_dict())
    model.zero_grad(set_to_none=True)
    optimizer = torch.optim.AdamW(model.parameters(), lr)
    losses = torch.zeros(len(batches), dtype=torch.float64)
    for i, batch in enumerate(batches):
        loss = model(**batch).loss
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        losses[i] = loss.detach()
    for name, tensor in encoder_of(model).state_dict().items():
        assert torch.equal(tensor, before[name]), name
    return losses.tolist()
