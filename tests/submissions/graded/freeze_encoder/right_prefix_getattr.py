from torch.optim.adamw import AdamW
from tqdm.auto import tqdm
from transformers import PreTrainedModel


def freeze_encoder(model: PreTrainedModel) -> None:
    """Freezes model.distilbert, model.bert, model.transformer: whatever it is called."""
    getattr(model, model.base_model_prefix).requires_grad_(False)


def trainable_names(model: PreTrainedModel) -> list[str]:
    names = []
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            names.append(name)
    return names


def finetune(model: PreTrainedModel, batches, lr: float) -> list[float]:
    freeze_encoder(model)
    print("training", trainable_names(model))
    optimizer = AdamW(model.parameters(), lr=lr, weight_decay=0.0)
    losses = []
    for batch in tqdm(batches):
        model.zero_grad()
        outputs = model(**{k: v.to(model.device) for k, v in batch.items()})
        outputs[0].backward()
        optimizer.step()
        losses.append(float(outputs[0]))
    return losses
