# loses: finetune: "every head tensor has moved": pre_classifier is not in the optimizer
import torch


def freeze_encoder(model):
    for param in model.base_model.parameters():
        param.requires_grad = False


def trainable_names(model):
    return [name for name, param in model.named_parameters() if param.requires_grad]


def finetune(model, batches, lr):
    freeze_encoder(model)
    last = getattr(model, "classifier", None) or model.score
    params = list(last.parameters())
    optimizer = torch.optim.AdamW(params, lr=lr)
    losses = []
    for batch in batches:
        optimizer.zero_grad()
        loss = model(**batch).loss
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses
