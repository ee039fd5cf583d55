"""Topic 9: the Trainer. The metric, the resolved arguments, and a real run of two epochs."""

from grader import fixture, model, same, scratch, task

# ------------------------------------------------------------------------ compute_metrics
metrics = task("compute_metrics", probe="")
FOUR_ROWS = {
    "logits": [[0.2, -1.0], [-3.0, -0.5], [1.5, 1.0], [0.1, 0.3]],
    "labels": [0, 1, 1, 1],
}
THREE_CLASSES = {
    "logits": [[2.0, 1.5, -1.0], [-0.3, -0.2, -0.1], [0.4, 0.9, 0.1]],
    "labels": [0, 2, 0],
}
metrics.case("a tuple of arrays", public=True, eval_pred=fixture("pair", **FOUR_ROWS))
metrics.case("an EvalPrediction", public=True, eval_pred=fixture("prediction", **FOUR_ROWS))
metrics.case("as many classes as rows", eval_pred=fixture("pair", **THREE_CLASSES))
metrics.case(
    "one row, four classes",
    eval_pred=fixture("prediction", logits=[[-4.0, -2.0, -1.0, -3.0]], labels=[2]),
)
metrics.case(
    "nothing is right",
    eval_pred=fixture("pair", logits=[[1.0, 0.0], [0.0, 1.0], [2.0, -2.0]], labels=[1, 0, 1]),
)
metrics.case(
    "large logits",
    eval_pred=fixture(
        "pair", logits=[[100.0, 300.0], [-400.0, -200.0], [250.0, 200.0]], labels=[1, 1, 0]
    ),
)


@metrics.cases
def scores(rng):
    for kind in ("pair", "prediction", "pair"):
        yield {
            "eval_pred": fixture(
                "random_pair",
                seed=rng.randrange(10_000),
                rows=rng.randrange(7, 30),
                classes=rng.randrange(2, 6),
                kind=kind,
            )
        }


metrics.check(
    "the accuracy of a tuple",
    same("accuracy"),
    points=1.5,
    hint="Take three rows, choose the classes by hand, and count the right ones.",
    cases=("a tuple*", "as many*", "nothing*", "large*", "scores 1", "scores 3"),
)
metrics.check(
    "the accuracy of an EvalPrediction",
    same("accuracy"),
    points=1,
    hint="Make one yourself: `EvalPrediction(predictions=logits, label_ids=labels)`.",
    cases=("an EvalPrediction", "one row*", "scores 2"),
)

PREDICTIONS = "    predictions = np.argmax(logits, axis=-1)\n"
RESULT = '    return {"accuracy": float(np.mean(predictions == labels))}\n'
metrics.mistake(
    "You return a percentage. The accuracy lies between 0 and 1.",
    RESULT,
    '    return {"accuracy": 100 * float(np.mean(predictions == labels))}\n',
)
metrics.mistake(
    "You return how many rows are right, not their share.",
    RESULT,
    '    return {"accuracy": float(np.sum(predictions == labels))}\n',
)
metrics.mistake(
    "You return the share of wrong rows.",
    RESULT,
    '    return {"accuracy": float(np.mean(predictions != labels))}\n',
)
metrics.mistake(
    "You look for the highest logit along the rows. The classes lie along the last axis.",
    PREDICTIONS,
    "    predictions = np.resize(np.argmax(logits, axis=0), len(labels))\n",
)
metrics.mistake(
    "You look for the highest logit in the whole array: name the axis.",
    PREDICTIONS,
    "    predictions = np.argmax(logits)\n",
)
metrics.mistake(
    "You take the lowest logit, not the highest.",
    PREDICTIONS,
    "    predictions = np.argmin(logits, axis=-1)\n",
)
metrics.mistake(
    "You count on two classes. There may be more.",
    PREDICTIONS,
    "    predictions = (logits[:, 1] > logits[:, 0]).astype(int)\n",
)
metrics.mistake(
    "You take positive logits for class 1. Logits are no probabilities: only their order counts.",
    PREDICTIONS,
    "    predictions = (logits[:, -1] > 0).astype(int)\n",
)
metrics.mistake(
    "Your probabilities overflow: `exp` of a large logit is infinite. The logits' order is enough.",
    PREDICTIONS,
    "    with np.errstate(all='ignore'):\n"
    "        odds = np.exp(logits)\n"
    "        predictions = np.argmax(odds / odds.sum(-1, keepdims=True), axis=-1)\n",
)
metrics.mistake(
    "You ask whether all rows are right. Asked is their share.",
    RESULT,
    '    return {"accuracy": float(np.all(predictions == labels))}\n',
)
metrics.mistake(
    "You round the accuracy.",
    RESULT,
    '    return {"accuracy": round(float(np.mean(predictions == labels)), 2)}\n',
)
metrics.mistake(
    "You average the accuracies of the classes. Every row counts the same.",
    RESULT,
    "    shares = [np.mean(predictions[labels == k] == k) for k in np.unique(labels)]\n"
    '    return {"accuracy": float(np.mean(shares))}\n',
)
metrics.mistake(
    "You divide by the number of logits in a row, not by the number of rows.",
    RESULT,
    '    return {"accuracy": float(np.sum(predictions == labels) / logits.shape[1])}\n',
)
metrics.mistake(
    "What you return has no key `accuracy`. Asked is a dictionary with that very key.",
    RESULT,
    "    return float(np.mean(predictions == labels))\n",
)
metrics.mistake(
    "You read attributes that only an `EvalPrediction` has. A tuple is accepted too.",
    "    logits, labels = eval_pred\n",
    "    logits, labels = eval_pred.predictions, eval_pred.label_ids\n",
)
metrics.mistake(
    "You ask for a tuple's own type. An `EvalPrediction` is accepted too.",
    "    logits, labels = eval_pred\n",
    "    if not isinstance(eval_pred, tuple):\n        raise TypeError('not a tuple')\n"
    "    logits, labels = eval_pred\n",
)
metrics.mistake(
    "You use a keyword of torch on an array of numpy: what comes from `Trainer` is numpy's.",
    PREDICTIONS,
    "    predictions = logits.topk(1, dim=-1)\n",
)
metrics.equivalent(
    "The logits have two axes: the last one is number 1.",
    "np.argmax(logits, axis=-1)",
    "np.argmax(logits, axis=1)",
)
metrics.equivalent(
    "The mean is a float64 of numpy, which is a float.",
    "float(np.mean(predictions == labels))",
    "np.mean(predictions == labels)",
)

# --------------------------------------------------------------------- training_arguments
settings = task("training_arguments", probe="arguments_trace")
settings.case("only the folder", public=True, output_dir="results")
settings.case(
    "everything is given",
    public=True,
    output_dir="runs/first",
    num_epochs=5,
    batch_size=12,
    lr=0.001,
    seed=7,
)
settings.case("three epochs of four rows a batch", output_dir="a", num_epochs=3, batch_size=4)
settings.case("one epoch, row by row", output_dir="b", num_epochs=1, batch_size=1, lr=3e-4, seed=0)


@settings.cases
def given(rng):
    for _ in range(2):
        yield {
            "output_dir": f"run-{rng.randrange(1000)}",
            "num_epochs": rng.randrange(4, 40),
            "batch_size": rng.choice([2, 6, 10, 24, 48]),
            "lr": rng.uniform(1e-5, 1e-3),
            "seed": rng.randrange(1000, 9999),
        }


settings.check("the folder", same("output_dir"), points=0.25, hint="It is the first argument.")
settings.check(
    "the number of epochs",
    same("duration"),
    points=0.5,
    hint="Epochs are counted by `num_train_epochs`; `max_steps` would overrule it.",
)
settings.check(
    "the training batch size",
    same("batch_size"),
    points=0.5,
    hint="There is one batch size for training and another one for evaluation.",
)
settings.check(
    "the learning rate",
    same("lr", rtol=1e-9, atol=0.0),
    points=0.25,
    hint="Print `training_arguments('out', lr=0.001).learning_rate`.",
)
settings.check(
    "the seed",
    same("seed"),
    points=0.25,
    hint="Print `training_arguments('out', seed=7).seed`.",
)
settings.check(
    "evaluates every epoch",
    same("evaluates"),
    points=0.5,
    hint="The lecture's `evaluation_strategy` has another name in transformers 5.",
)
settings.check(
    "saves every epoch",
    same("saves"),
    points=0.5,
    hint="What is not saved cannot be loaded at the end.",
)
settings.check(
    "loads the best model at the end",
    same("best"),
    points=0.5,
    hint="If you name a metric, higher must be better for an accuracy and lower for a loss.",
)
# To leave `report_to` out is right too: transformers 5 reports nowhere unless it is told to.
settings.check(
    "reports to no outside service",
    same("services"),
    points=0.25,
    hint='"none" switches all services off.',
)

settings.mistake(
    "You leave out the number of epochs: the library's default is three.",
    "        num_train_epochs=num_epochs,\n",
    "",
)
settings.mistake(
    "You give the number of epochs as a number of steps.",
    "        num_train_epochs=num_epochs,\n",
    "        max_steps=num_epochs,\n",
)
settings.mistake(
    "You do not set the batch size of training: the library's default is eight. That of evaluation "
    "is another one.",
    "per_device_train_batch_size",
    "per_device_eval_batch_size",
)
settings.mistake(
    "You leave out the learning rate: the library's default is another one.",
    "        learning_rate=lr,\n",
    "",
)
settings.mistake(
    "You do not set `seed`: the library's default is 42. That of the data is another one.",
    "        seed=seed,\n",
    "        data_seed=seed,\n",
)
settings.mistake(
    "You use `evaluation_strategy`, which is gone in transformers 5: it is `eval_strategy` now.",
    "        eval_strategy=",
    "        evaluation_strategy=",
)
settings.mistake(
    "You evaluate and save every so many steps, not every epoch.",
    (
        '        eval_strategy="epoch",\n        save_strategy="epoch",\n',
        '        eval_strategy="steps",\n        save_strategy="steps",\n        eval_steps=500,\n',
    ),
)
settings.mistake(
    "You delay the evaluation: the first epoch is not evaluated.",
    '        eval_strategy="epoch",\n',
    '        eval_strategy="epoch",\n        eval_delay=2,\n',
)
settings.mistake(
    "What you return is no `TrainingArguments`.",
    "    return TrainingArguments(\n",
    "    return dict(\n",
)
settings.mistake(
    "You never evaluate while training, so there is no best model.",
    (
        '        eval_strategy="epoch",\n        save_strategy="epoch",\n'
        "        load_best_model_at_end=True,\n",
        '        save_strategy="epoch",\n',
    ),
)
settings.mistake(
    "You do not load the best model at the end.",
    "        load_best_model_at_end=True,\n",
    "",
)
settings.mistake(
    "You do not save every epoch, and do not load the best model either.",
    (
        '        save_strategy="epoch",\n        load_best_model_at_end=True,\n',
        '        save_strategy="no",\n',
    ),
)
settings.mistake(
    "You do not evaluate every epoch and want the best model: the two belong together.",
    '        eval_strategy="epoch",\n',
    '        eval_strategy="no",\n',
)
settings.mistake(
    "You call a high loss the better one: the worst model is loaded at the end.",
    "        load_best_model_at_end=True,\n",
    '        load_best_model_at_end=True,\n        metric_for_best_model="loss",\n'
    "        greater_is_better=True,\n",
)
settings.mistake(
    "You report to Weights & Biases, an outside service.",
    'report_to="none"',
    'report_to="wandb"',
)
settings.mistake(
    "You report to every service that is installed on the machine.",
    'report_to="none"',
    'report_to="all"',
)
settings.mistake(
    "You ignore the folder you are given.",
    "        output_dir=output_dir,\n",
    '        output_dir="results",\n',
)
settings.mistake(
    "You hand the settings on under each other's names: epochs and batch size are swapped.",
    (
        "        num_train_epochs=num_epochs,\n        per_device_train_batch_size=batch_size,\n",
        "        num_train_epochs=batch_size,\n        per_device_train_batch_size=num_epochs,\n",
    ),
)
settings.equivalent(
    "transformers 5 reports to no service unless it is told to.",
    'report_to="none",',
    "",
)

# -------------------------------------------------------------------------- build_trainer
building = task("build_trainer", probe="training_trace", needs=("compute_metrics",))


def classifier(arch, **options):
    """A tiny sequence classifier of the architecture."""
    return model(arch, head="sequence-classification", **options)


TRAIN = {
    "rows": [[5, 6, 7], [8, 9], [10, 11, 12, 13, 14], [20, 21, 22, 23], [30, 31]],
    "labels": [0, 1, 1, 0, 1],
}
VAL = {"rows": [[5, 6, 8, 40], [9, 9, 41], [10, 12, 13, 14, 42, 43]], "labels": [0, 1, 0]}
LONGER = {
    # the last one is longer than any length that one might choose for short rows
    "rows": [*([50 + i, *range(3, 4 + i % 4)] for i in range(6)), [56, *range(3, 60)]],
    "labels": [0, 1, 2, 0, 1, 2, 2],
}

building.case(
    "DistilBERT, one batch an epoch",
    public=True,
    model=classifier("distilbert", seed=8, layers=1),
    arguments=fixture("arguments", output_dir=scratch()),
    train_dataset=fixture("dataset", **TRAIN),
    val_dataset=fixture("dataset", **VAL),
    tokenizer=fixture("small_tokenizer", pad_id=0),
)


@building.cases
def bert_in_training_mode(rng):
    yield {
        "model": classifier("bert", seed=rng.randrange(10_000), layers=1, mode="train"),
        "arguments": fixture("arguments", output_dir=scratch()),
        "train_dataset": fixture("dataset", **VAL),
        "val_dataset": fixture("dataset", **TRAIN),
        "tokenizer": fixture("small_tokenizer", pad_id=0),
    }


building.case(
    "GPT-2, padded with its own pad token",
    model=classifier("gpt2", seed=19, layers=1, pad_token_id=90),
    arguments=fixture("arguments", output_dir=scratch(), learning_rate=0.003, weight_decay=0.2),
    train_dataset=fixture("dataset", **TRAIN),
    val_dataset=fixture("dataset", **VAL),
    tokenizer=fixture("small_tokenizer", pad_id=90),
)
building.case(
    "several batches, the last one short",
    model=classifier("distilbert", seed=4, layers=1, num_labels=3),
    arguments=fixture("arguments", output_dir=scratch(), per_device_train_batch_size=3),
    train_dataset=fixture("dataset", **LONGER),
    val_dataset=fixture("dataset", **VAL),
    tokenizer=fixture("small_tokenizer", pad_id=0),
)

building.check(
    "it trains on the training rows",
    same("train_rows"),
    points=0.5,
    hint="Look at `trainer.train_dataset`, and at the batches of `trainer.get_train_dataloader()`.",
)
building.check(
    "it evaluates on the validation rows",
    same("val_rows"),
    points=0.5,
    hint="Look at the batches of `trainer.get_eval_dataloader()`.",
)
building.check(
    "it takes the steps that the arguments ask for",
    same("steps"),
    points=0.5,
    hint="After `trainer.train()`, look at `trainer.state.global_step`.",
)
building.check(
    "it reports the accuracy after every epoch",
    same("accuracies"),
    points=1,
    hint="After `trainer.train()`, look for `eval_accuracy` in `trainer.state.log_history`.",
)
building.check(
    "its losses are right, so padding is masked out",
    same("val_losses"),
    points=0.75,
    hint="Give the model one row alone, then beside a longer one: the logits must not change.",
)
building.check(
    "the trained weights",
    same("weights"),
    points=0.75,
    hint="Hand the model, the arguments and the data on as they are, and leave `train()` to the "
    "caller.",
)

SETS = "        train_dataset=train_dataset,\n        eval_dataset=val_dataset,\n"
building.mistake(
    "You swap the data sets: it trains on the validation rows.",
    SETS,
    "        train_dataset=val_dataset,\n        eval_dataset=train_dataset,\n",
)
building.mistake(
    "You evaluate on the training rows.",
    "        eval_dataset=val_dataset,\n",
    "        eval_dataset=train_dataset,\n",
)
building.mistake(
    "You give the trainer no validation rows.",
    "        eval_dataset=val_dataset,\n",
    "",
)
building.mistake(
    "No `eval_accuracy` is reported: hand on `compute_metrics` as it is.",
    "        compute_metrics=compute_metrics,\n",
    "",
)
building.mistake(
    "Nothing pads: rows of unequal length do not fit into one tensor.",
    "        processing_class=tokenizer,\n",
    "",
)


def with_collator(body):
    """`build_trainer` with a collator of its own; ``body`` makes ``ids`` and ``mask`` of rows."""
    return f"""
def build_trainer(model, arguments, train_dataset, val_dataset, tokenizer):
    import torch

    def collate(rows):
        labels = torch.stack([row["labels"] for row in rows])
        rows = [row["input_ids"] for row in rows]
        {body}
        return {{"input_ids": ids, "attention_mask": mask, "labels": labels}}

    return Trainer(
        model=model,
        args=arguments,
        train_dataset=train_dataset,
        eval_dataset=val_dataset,
        data_collator=collate,
        compute_metrics=compute_metrics,
    )
"""


PAD = "ids = torch.nn.utils.rnn.pad_sequence(rows, True, tokenizer.pad_token_id)"
building.mistake(
    "In your batches padding counts as real: the mask is left out, or 1 everywhere.",
    source=with_collator(f"{PAD}; mask = torch.ones_like(ids)"),
)
building.mistake(
    "Your collator pads with 0, whatever the tokenizer's pad token is.",
    source=with_collator(
        "ids = torch.nn.utils.rnn.pad_sequence(rows, True, 0); mask = (ids != 0).long()"
    ),
)
building.mistake(
    "Your collator cuts all rows to the shortest one instead of padding them.",
    source=with_collator(
        "ids = torch.stack([row[: min(map(len, rows))] for row in rows]); "
        "mask = torch.ones_like(ids)"
    ),
)
building.mistake(
    "You pad to a length of your own, and longer rows do not fit: pad to the longest of the batch.",
    (
        "    return Trainer(\n",
        "    from transformers import DataCollatorWithPadding as P\n\n    return Trainer(\n",
    ),
    (
        "        processing_class=tokenizer,\n",
        '        data_collator=P(tokenizer, padding="max_length", max_length=32),\n',
    ),
)
building.mistake(
    "You use `Trainer(tokenizer=...)`, which is gone in transformers 5: it is `processing_class=`.",
    "        processing_class=tokenizer,\n",
    "        tokenizer=tokenizer,\n",
)
building.mistake(
    "You do not hand on the arguments: the trainer runs with the library's defaults.",
    "        args=arguments,\n",
    "",
)
building.mistake(
    "You make arguments of your own instead of using those you are given.",
    "        args=arguments,\n",
    "        args=training_arguments(arguments.output_dir, batch_size=8, lr=0.01),\n",
)
building.mistake(
    "You train while building. Leave that to the caller.",
    ("    return Trainer(\n", "    trainer = Trainer(\n"),
    (
        "        compute_metrics=compute_metrics,\n    )\n",
        "        compute_metrics=compute_metrics,\n    )\n    trainer.train()\n"
        "    return trainer\n",
    ),
)
building.mistake(
    "You freeze the model's encoder. Asked is to train all of it.",
    "    return Trainer(\n",
    "    model.base_model.requires_grad_(False)\n    return Trainer(\n",
)
building.mistake(
    "You leave out rows of the training set.",
    "        train_dataset=train_dataset,\n",
    "        train_dataset=train_dataset.select(range(2)),\n",
)
building.mistake(
    "What you return is no `Trainer`: return the trainer itself, not what it did.",
    source="""
    def build_trainer(model, arguments, train_dataset, val_dataset, tokenizer):
        trainer = Trainer(
            model=model,
            args=arguments,
            train_dataset=train_dataset,
            eval_dataset=val_dataset,
            processing_class=tokenizer,
            compute_metrics=compute_metrics,
        )
        return trainer.train()
    """,
)
