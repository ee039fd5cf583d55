# loses: freeze_encoder: "For any ...ForSequenceClassification model": model.distilbert alone
import torch


def freeze_encoder(model):
    for param in model.distilbert.parameters():
        param.requires_grad = False


def trainable_names(model):
    return [name for name, param in model.named_parameters() if param.requires_grad]


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
