from functools import partial

import numpy as np
from transformers import DataCollatorWithPadding, EvalPrediction, Trainer
from transformers.training_args import TrainingArguments


class CourseTrainer(Trainer):
    """A Trainer that prints its metrics shortly."""

    def log(self, logs, *args, **kwargs):
        super().log(logs, *args, **kwargs)
        print({k: v for k, v in logs.items() if k.startswith("eval")})


def compute_metrics(eval_pred: EvalPrediction) -> dict[str, float]:
    logits, labels = eval_pred[0], eval_pred[1]
    hits = 0
    for row, label in zip(logits, labels, strict=True):
        hits += int(np.asarray(row).argmax() == label)
    return {"accuracy": hits / len(labels)}


def training_arguments(output_dir, num_epochs=2, batch_size=16, lr=2e-5, seed=224):
    args = TrainingArguments(output_dir=output_dir)
    args.num_train_epochs = num_epochs
    args.per_device_train_batch_size = batch_size
    args.learning_rate = lr
    args.seed = seed
    args.report_to = []
    args = args.set_evaluate(strategy="epoch", delay=0.0).set_save(strategy="epoch")
    args.load_best_model_at_end = True
    args.metric_for_best_model = "loss"
    args.greater_is_better = False
    return args


def build_trainer(model, arguments, train_dataset, val_dataset, tokenizer):
    collate = partial(tokenizer.pad, padding="longest", return_tensors="pt")

    def collator(rows):
        rows = [{("labels" if k == "label" else k): v for k, v in row.items()} for row in rows]
        return collate(rows)

    return CourseTrainer(
        model=model,
        args=arguments,
        data_collator=collator,
        train_dataset=train_dataset,
        eval_dataset=val_dataset,
        processing_class=tokenizer,
        compute_metrics=compute_metrics,
    )


_ = DataCollatorWithPadding  # the other way
