"""`finetune` asks `trainable_names` what its optimizer has to know."""

from torch.optim import AdamW


def freeze_encoder(model):
    for parameter in model.base_model.parameters():
        parameter.requires_grad_(False)


def trainable_names(model):
    return [name for name, parameter in model.named_parameters() if parameter.requires_grad]


def finetune(model, batches, lr):
    freeze_encoder(model)
    learning = set(trainable_names(model))
    optimizer = AdamW([p for name, p in model.named_parameters() if name in learning], lr=lr)
    losses = []
    for batch in batches:
        loss = model(**batch)["loss"]
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(float(loss))
    return losses
