# loses: freeze_encoder: "For any ...ForSequenceClassification model": GPT-2 stays as it is
import torch


def freeze_encoder(model):
    for name, param in model.named_parameters():
        if "bert" in name:
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
