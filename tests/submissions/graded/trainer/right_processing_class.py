"""After the lecture's notebook, with the names of transformers 5. Best by accuracy."""

import numpy as np
from transformers import EarlyStoppingCallback, IntervalStrategy, Trainer, TrainingArguments


def compute_metrics(eval_pred):
    """Called at the end of validation. Gives accuracy"""
    logits, labels = eval_pred
    predictions = np.argmax(logits, axis=-1)
    # calculates the accuracy
    return {"accuracy": float(np.mean(predictions == labels))}


def training_arguments(
    output_dir: str,
    num_epochs: int = 2,
    batch_size: int = 16,
    lr: float = 2e-5,
    seed: int = 224,
) -> TrainingArguments:
    return TrainingArguments(
        output_dir,
        per_device_train_batch_size=batch_size,
        per_device_eval_batch_size=64,
        num_train_epochs=num_epochs,
        eval_strategy=IntervalStrategy.EPOCH,
        save_strategy=IntervalStrategy.EPOCH,
        logging_strategy="epoch",
        learning_rate=lr,
        weight_decay=0.01,
        warmup_steps=10,
        load_best_model_at_end=True,
        metric_for_best_model="accuracy",
        greater_is_better=True,
        save_total_limit=1,
        seed=seed,
        data_seed=seed,
    )


def build_trainer(model, arguments, train_dataset, val_dataset, tokenizer) -> Trainer:
    trainer = Trainer(
        model=model,
        args=arguments,
        train_dataset=train_dataset,
        eval_dataset=val_dataset,
        processing_class=tokenizer,
        compute_metrics=compute_metrics,
    )
    trainer.add_callback(EarlyStoppingCallback(early_stopping_patience=100))
    return trainer


if __name__ == "__main__":
    print(training_arguments("results"))
