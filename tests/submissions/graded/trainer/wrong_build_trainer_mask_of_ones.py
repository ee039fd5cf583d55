# loses: build_trainer: "batches of unequal rows are padded": the padding is not masked out
import numpy as np
from transformers import DataCollatorWithPadding, Trainer, TrainingArguments
import torch


def collate(rows, pad_id):
    n = max(len(row["input_ids"]) for row in rows)
    ids = [list(row["input_ids"]) + [pad_id] * (n - len(row["input_ids"])) for row in rows]
    ids = torch.tensor(ids)
    labels = torch.tensor([int(row["labels"]) for row in rows])
    return {"input_ids": ids, "attention_mask": torch.ones_like(ids), "labels": labels}



def compute_metrics(eval_pred):
    logits, labels = eval_pred
    predictions = np.argmax(logits, axis=-1)
    return {"accuracy": float((predictions == labels).mean())}


def training_arguments(output_dir, num_epochs=2, batch_size=16, lr=2e-5, seed=224):
    return TrainingArguments(
        output_dir=output_dir,
        num_train_epochs=num_epochs,
        per_device_train_batch_size=batch_size,
        per_device_eval_batch_size=batch_size,
        learning_rate=lr,
        seed=seed,
        eval_strategy="epoch",
        save_strategy="epoch",
        load_best_model_at_end=True,
        report_to="none",
    )


def build_trainer(model, arguments, train_dataset, val_dataset, tokenizer):
    return Trainer(
        model=model,
        args=arguments,
        train_dataset=train_dataset,
        eval_dataset=val_dataset,
        processing_class=tokenizer,
        data_collator=lambda rows: collate(rows, tokenizer.pad_token_id),
        compute_metrics=compute_metrics,
    )
