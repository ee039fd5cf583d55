"""Pads every batch to a fixed length, and computes the metric over the classes' counts."""

import numpy as np
from transformers import Trainer, TrainingArguments, default_data_collator


def _pad_all(tokenizer, rows, length):
    return tokenizer.pad(rows, padding="max_length", max_length=length, return_tensors=None)


def compute_metrics(eval_pred):
    predictions, references = eval_pred
    predictions = np.asarray(predictions).argmax(axis=1)
    classes = np.union1d(predictions, references)
    confusion = np.array(
        [[np.sum((references == r) & (predictions == p)) for p in classes] for r in classes]
    )
    return {"accuracy": np.trace(confusion) / confusion.sum()}


def training_arguments(output_dir, num_epochs=2, batch_size=16, lr=2e-5, seed=224):
    return TrainingArguments(
        output_dir=str(output_dir),
        eval_strategy="epoch",
        save_strategy="epoch",
        per_device_train_batch_size=batch_size,
        num_train_epochs=num_epochs,
        learning_rate=lr,
        load_best_model_at_end=True,
        seed=seed,
        report_to=["none"],
        optim="adamw_torch",
    )


def build_trainer(model, arguments, train_dataset, val_dataset, tokenizer):
    longest = max(
        len(dataset[i]["input_ids"])
        for dataset in (train_dataset, val_dataset)
        for i in range(len(dataset))
    )

    def collate(rows):
        padded = _pad_all(tokenizer, rows, longest)
        size = len(rows)
        return default_data_collator(
            [{key: padded[key][i] for key in padded} for i in range(size)]
        )

    return Trainer(
        model=model,
        args=arguments,
        train_dataset=train_dataset,
        eval_dataset=val_dataset,
        data_collator=collate,
        compute_metrics=compute_metrics,
    )
