"""A collator written by hand, a trainer class of its own, early stopping, tensorboard allowed."""

import numpy as np
import torch
from torch.nn import functional
from torch.nn.utils.rnn import pad_sequence
from transformers import EarlyStoppingCallback, EvalPrediction, Trainer, TrainingArguments


def compute_metrics(eval_pred):
    if isinstance(eval_pred, EvalPrediction):
        logits, labels = eval_pred.predictions, eval_pred.label_ids
    else:
        logits, labels = eval_pred
    wrong = np.count_nonzero(np.asarray(logits).argmax(axis=1) - labels)
    return {"accuracy": np.float32(1 - wrong / labels.shape[0])}


class Settings(TrainingArguments):
    """Nothing new: a class of one's own is still a `TrainingArguments`."""


def training_arguments(output_dir, num_epochs=2, batch_size=16, lr=2e-5, seed=224):
    return Settings(
        output_dir=output_dir,
        num_train_epochs=float(num_epochs),
        per_device_train_batch_size=batch_size,
        learning_rate=lr,
        seed=seed,
        data_seed=seed,
        do_train=True,
        do_eval=True,
        eval_strategy="epoch",
        save_strategy="epoch",
        save_total_limit=1,
        load_best_model_at_end=True,
        metric_for_best_model="loss",
        warmup_steps=1,
        report_to="tensorboard",
        disable_tqdm=True,
    )


class Collator:
    def __init__(self, tokenizer):
        self.pad = tokenizer.pad_token_id

    def __call__(self, rows):
        ids = [torch.as_tensor(row["input_ids"]) for row in rows]
        masks = [torch.as_tensor(row["attention_mask"]) for row in rows]
        return {
            "input_ids": pad_sequence(ids, batch_first=True, padding_value=self.pad),
            "attention_mask": pad_sequence(masks, batch_first=True),
            "labels": torch.tensor([int(row["labels"]) for row in rows]),
        }


class CrossEntropyTrainer(Trainer):
    def compute_loss(self, model, inputs, return_outputs=False, num_items_in_batch=None):
        labels = inputs.pop("labels")
        outputs = model(**inputs)
        loss = functional.cross_entropy(outputs.logits, labels)
        return (loss, {"loss": loss, **outputs}) if return_outputs else loss


def build_trainer(model, arguments, train_dataset, val_dataset, tokenizer):
    torch.rand(3)  # draws from the generator, as code that shuffles by itself would
    trainer = CrossEntropyTrainer(
        model=model,
        args=arguments,
        train_dataset=train_dataset,
        eval_dataset=val_dataset,
        data_collator=Collator(tokenizer),
        compute_metrics=compute_metrics,
    )
    trainer.add_callback(EarlyStoppingCallback(early_stopping_patience=1))
    return trainer
