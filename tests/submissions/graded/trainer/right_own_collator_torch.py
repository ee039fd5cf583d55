import torch
import transformers
from torch.nn.utils.rnn import pad_sequence


class Collator:
    """Pads by hand: ids with the pad token, the mask with 0. Keeps nothing else."""

    def __init__(self, pad_id):
        self.pad_id = pad_id

    def __call__(self, rows):
        ids = [torch.as_tensor(row["input_ids"]) for row in rows]
        mask = [torch.as_tensor(row["attention_mask"]) for row in rows]
        labels = [int(row["labels"] if "labels" in row else row["label"]) for row in rows]
        return {
            "input_ids": pad_sequence(ids, batch_first=True, padding_value=self.pad_id),
            "attention_mask": pad_sequence(mask, batch_first=True, padding_value=0),
            "labels": torch.tensor(labels),
        }


def accuracy_of(logits, labels):
    logits, labels = torch.as_tensor(logits), torch.as_tensor(labels)
    return (logits.argmax(dim=1) == labels).double().mean().item()


def compute_metrics(eval_pred):
    if isinstance(eval_pred, transformers.EvalPrediction):
        return {"accuracy": accuracy_of(eval_pred.predictions, eval_pred.label_ids)}
    return {"accuracy": accuracy_of(*eval_pred)}


def training_arguments(output_dir, num_epochs=2, batch_size=16, lr=2e-5, seed=224):
    settings = {
        "output_dir": output_dir,
        "num_train_epochs": float(num_epochs),
        "per_device_train_batch_size": batch_size,
        "learning_rate": lr,
        "seed": seed,
        "report_to": [],
        "use_cpu": not torch.cuda.is_available(),
        "disable_tqdm": True,
        "logging_steps": 1,
        "lr_scheduler_type": "cosine",
    }
    strategy = {f"{what}_strategy": "epoch" for what in ("eval", "save")}
    return transformers.TrainingArguments(**settings, **strategy, load_best_model_at_end=True)


def build_trainer(model, arguments, train_dataset, val_dataset, tokenizer):
    return transformers.Trainer(
        model,
        arguments,
        Collator(tokenizer.pad_token_id),
        train_dataset,
        val_dataset,
        compute_metrics=lambda pred: {"accuracy": accuracy_of(pred.predictions, pred.label_ids)},
    )
