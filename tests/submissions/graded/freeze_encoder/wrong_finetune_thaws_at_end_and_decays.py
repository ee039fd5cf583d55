# loses: finetune: "the encoder's weights are bit for bit what they were": a last optimizer step after thawing decays them
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
        optimizer.zero_grad()
        loss = model(**batch).loss
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    for p in model.base_model.parameters():
        p.requires_grad = True
        p.grad = torch.zeros_like(p)
    optimizer.step()
    return losses
