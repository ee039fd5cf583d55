# loses: finetune: "gradients left over from before have no effect": they move the encoder
import torch


def freeze_encoder(model):
    for param in model.base_model.parameters():
        param.requires_grad = False


def trainable_names(model):
    return [name for name, param in model.named_parameters() if param.requires_grad]


def finetune(model, batches, lr):
    freeze_encoder(model)
    optimizer = torch.optim.AdamW(model.parameters(), lr=lr)
    losses = []
    for batch in batches:
        loss = model(**batch).loss
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        losses.append(loss.item())
    return losses
