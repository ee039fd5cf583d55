"""Pads the data sets before training, with lists of dicts in the place of a `Dataset`."""

import logging

import numpy
import torch
from transformers import Trainer, TrainerCallback, TrainingArguments


def compute_metrics(eval_pred):
    scores, truth = eval_pred
    order = numpy.argsort(scores, axis=-1)
    table = numpy.zeros((scores.shape[-1], scores.shape[-1]))
    numpy.add.at(table, (truth, order[:, -1]), 1)
    return {"accuracy": numpy.trace(table) / table.sum()}


def training_arguments(output_dir, num_epochs=2, batch_size=16, lr=2e-5, seed=224):
    return TrainingArguments(
        output_dir=output_dir,
        learning_rate=lr,
        num_train_epochs=num_epochs,
        per_device_train_batch_size=batch_size,
        seed=seed,
        load_best_model_at_end=True,
        eval_strategy="epoch",
        save_strategy="epoch",
        logging_strategy="epoch",
        use_cpu=True,
        report_to="none",
    )


class LogToList(TrainerCallback):
    def __init__(self):
        self.entries = []

    def on_log(self, args, state, control, logs=None, **rest):
        self.entries.append(dict(logs or {}))
        logging.getLogger(__name__).info("step %d", state.global_step)


def padded(rows, tokenizer):
    longest = max(len(row["input_ids"]) for row in rows)
    out = []
    for row in rows:
        missing = longest - len(row["input_ids"])
        fill = torch.full((missing,), tokenizer.pad_token_id)
        out.append(
            {
                "input_ids": torch.cat([row["input_ids"], fill]),
                "attention_mask": torch.cat([row["attention_mask"], torch.zeros_like(fill)]),
                "labels": row["labels"],
            }
        )
    return out


def build_trainer(model, arguments, train_dataset, val_dataset, tokenizer):
    return Trainer(
        model=model,
        args=arguments,
        train_dataset=padded(train_dataset, tokenizer),
        eval_dataset=padded(val_dataset, tokenizer),
        compute_metrics=compute_metrics,
        callbacks=[LogToList()],
    )
