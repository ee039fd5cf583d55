"""A collator of transformers, no processing class, the accuracy decides what is best."""

import numpy as np
from transformers import DataCollatorWithPadding, Trainer, TrainingArguments


def compute_metrics(eval_pred):
    predictions, labels = eval_pred
    hits = sum(int(row.argmax() == label) for row, label in zip(predictions, labels, strict=True))
    return {"accuracy": hits / len(labels)}


def training_arguments(output_dir, num_epochs=2, batch_size=16, lr=2e-5, seed=224):
    options = {
        "learning_rate": lr,
        "seed": seed,
        "num_train_epochs": num_epochs,
        "per_device_train_batch_size": batch_size,
        "per_device_eval_batch_size": 4 * batch_size,
        "eval_strategy": "epoch",
        "save_strategy": "epoch",
        "logging_strategy": "epoch",
        "load_best_model_at_end": True,
        "metric_for_best_model": "accuracy",
        "weight_decay": 0.01,
    }
    return TrainingArguments(output_dir, **options)


def build_trainer(model, arguments, train_dataset, val_dataset, tokenizer):
    return Trainer(
        model,
        arguments,
        data_collator=DataCollatorWithPadding(tokenizer=tokenizer, padding="longest"),
        train_dataset=train_dataset,
        eval_dataset=val_dataset,
        compute_metrics=lambda eval_pred: {
            "accuracy": np.equal(eval_pred[0].argmax(-1), eval_pred[1]).mean()
        },
    )
