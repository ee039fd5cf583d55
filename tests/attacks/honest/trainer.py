"""Trains with `Trainer` for two epochs, saves checkpoints, evaluates, loads the best model."""

import numpy as np
import torch
from transformers import (
    DistilBertConfig,
    DistilBertForSequenceClassification,
    Trainer,
    TrainingArguments,
    set_seed,
)


def program():
    set_seed(3)
    config = DistilBertConfig(vocab_size=50, dim=16, hidden_dim=32, n_layers=1, n_heads=2)
    model = DistilBertForSequenceClassification(config)
    rows = [
        {"input_ids": [1 + n % 9, 2, 3], "attention_mask": [1, 1, 1], "labels": n % 2}
        for n in range(8)
    ]
    arguments = TrainingArguments(
        output_dir="out",
        num_train_epochs=2,
        per_device_train_batch_size=4,
        eval_strategy="epoch",
        save_strategy="epoch",
        load_best_model_at_end=True,
        report_to="none",
        seed=3,
        disable_tqdm=True,
    )

    def accuracy(prediction):
        logits, labels = prediction
        return {"accuracy": float((np.argmax(logits, -1) == labels).mean())}

    trainer = Trainer(
        model, arguments, train_dataset=rows, eval_dataset=rows, compute_metrics=accuracy
    )
    trainer.train()
    metrics = trainer.evaluate()
    weights = torch.cat([p.detach().flatten() for p in model.parameters()])
    return {"accuracy": metrics["eval_accuracy"], "loss": metrics["eval_loss"], "weights": weights}
