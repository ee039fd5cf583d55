"""The metric in torch, the settings by the setter methods, both a collator and a tokenizer."""

import torch
from transformers import DataCollatorWithPadding, IntervalStrategy, Trainer, TrainingArguments
from transformers.trainer_utils import SaveStrategy


def compute_metrics(eval_pred):
    logits, labels = (torch.as_tensor(part) for part in tuple(eval_pred)[:2])
    right = logits.softmax(dim=-1).max(dim=-1).indices.eq(labels)
    return {"accuracy": right.float().mean(), "right": right.sum().item()}


def training_arguments(output_dir, num_epochs=2, batch_size=16, lr=2e-5, seed=224):
    arguments = TrainingArguments(
        output_dir=output_dir,
        eval_strategy=IntervalStrategy.EPOCH,
        save_strategy=SaveStrategy.EPOCH,
        load_best_model_at_end=True,
        metric_for_best_model="eval_loss",
        greater_is_better=False,
        report_to=[],
    )
    arguments.set_training(
        learning_rate=lr, batch_size=batch_size, num_epochs=num_epochs, seed=seed
    )
    return arguments


def build_trainer(model, arguments, train_dataset, val_dataset, tokenizer):
    trainer = Trainer(
        model=model,
        args=arguments,
        data_collator=DataCollatorWithPadding(tokenizer, pad_to_multiple_of=8),
        train_dataset=train_dataset,
        eval_dataset=val_dataset,
        processing_class=tokenizer,
    )
    trainer.compute_metrics = compute_metrics
    return trainer
