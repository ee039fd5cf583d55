# loses: freeze_encoder: "every parameter of the base encoder stops training": the last tenth trains on
import torch


def freeze_encoder(model):
    params = list(model.base_model.parameters())
    for param in params[: len(params) * 9 // 10]:
        param.requires_grad = False


def trainable_names(model):
    return [name for name, param in model.named_parameters() if param.requires_grad]


def finetune(model, batches, lr):
    freeze_encoder(model)
    optimizer = torch.optim.AdamW(model.parameters(), lr=lr)
    losses = []
    for batch in batches:
        optimizer.zero_grad()
        loss = model(**batch).loss
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses
