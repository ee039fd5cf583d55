"""Collator pads to multiples of eight; the model is handed over by a function."""

from transformers import DataCollatorWithPadding, Trainer, TrainingArguments, set_seed

set_seed(224)


def compute_metrics(p):
    preds = p.predictions if hasattr(p, "predictions") else p[0]
    labels = p.label_ids if hasattr(p, "label_ids") else p[1]
    if isinstance(preds, tuple):
        preds = preds[0]
    return {"accuracy": float((preds.argmax(-1) == labels).sum() / len(labels))}


def training_arguments(output_dir, num_epochs=2, batch_size=16, lr=2e-5, seed=224):
    return TrainingArguments(
        output_dir=output_dir,
        num_train_epochs=num_epochs,
        per_device_train_batch_size=batch_size,
        per_device_eval_batch_size=2 * batch_size,
        learning_rate=lr,
        seed=seed,
        eval_strategy="epoch",
        save_strategy="epoch",
        load_best_model_at_end=True,
        metric_for_best_model="eval_accuracy",
        push_to_hub=False,
        full_determinism=False,
        save_only_model=True,
        dataloader_pin_memory=False,
        remove_unused_columns=True,
    )


def build_trainer(model, arguments, train_dataset, val_dataset, tokenizer):
    set_seed(arguments.seed)
    collator = DataCollatorWithPadding(tokenizer, pad_to_multiple_of=8, return_tensors="pt")
    trainer = Trainer(
        model_init=lambda: model,
        args=arguments,
        train_dataset=train_dataset,
        eval_dataset=val_dataset,
        processing_class=tokenizer,
        data_collator=collator,
        compute_metrics=compute_metrics,
    )
    print("batches an epoch:", len(trainer.get_train_dataloader()))
    return trainer
