"""`tokenizer.pad` in the collator, plain Python in the metric, settings from a parser."""

import transformers


def compute_metrics(eval_pred):
    logits, labels = eval_pred[0], eval_pred[1]
    right = 0
    for scores, label in zip(logits.tolist(), labels.tolist(), strict=True):
        best = max(range(len(scores)), key=scores.__getitem__)
        if best == label:
            right += 1
    return {"accuracy": right / len(labels)}


def training_arguments(output_dir, num_epochs=2, batch_size=16, lr=2e-5, seed=224):
    parser = transformers.HfArgumentParser(transformers.TrainingArguments)
    settings = {
        "output_dir": output_dir,
        "num_train_epochs": num_epochs,
        "per_device_train_batch_size": batch_size,
        "learning_rate": lr,
        "lr_scheduler_type": "cosine",
        "seed": seed,
        "eval_strategy": "epoch",
        "save_strategy": "epoch",
        "load_best_model_at_end": True,
        "greater_is_better": True,
        "metric_for_best_model": "eval_accuracy",
        "report_to": ["none"],
    }
    (arguments,) = parser.parse_dict(settings)
    return arguments


def build_trainer(model, arguments, train_dataset, val_dataset, tokenizer):
    def collate(rows):
        return tokenizer.pad([dict(row) for row in rows], padding=True, return_tensors="pt")

    pieces = {"train_dataset": train_dataset, "eval_dataset": val_dataset, "data_collator": collate}
    return transformers.Trainer(
        model=model, args=arguments, compute_metrics=compute_metrics, **pieces
    )
