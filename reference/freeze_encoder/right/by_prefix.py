"""`getattr` with the model's own prefix, all parameters in the optimizer, no weight decay."""

from torch.optim import AdamW


def _encoder(model):
    return getattr(model, model.base_model_prefix)


def freeze_encoder(model):
    for part in _encoder(model).modules():
        for parameter in part.parameters(recurse=False):
            parameter.requires_grad_(False)
    return model


def trainable_names(model):
    return tuple(dict(filter(lambda item: item[1].requires_grad, model.named_parameters())))


def finetune(model, batches, lr):
    optimizer = AdamW(model.parameters(), lr, weight_decay=0)
    freeze_encoder(model)
    optimizer.zero_grad(set_to_none=True)
    losses = []
    for batch in batches:
        loss = model(**batch).loss
        loss.backward()
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        losses.append(loss.detach())
    model.eval()
    return losses
