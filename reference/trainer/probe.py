"""Reads what the arguments resolved to, and runs a trainer for two epochs.

In: the student's function and live inputs. Out: facts as plain values.
"""

from contextlib import contextmanager

import datasets
import numpy as np
import tokenizers
import torch
import transformers
from transformers import EvalPrediction, PreTrainedTokenizerFast, Trainer, TrainingArguments

_LOCAL_REPORTS = {"tensorboard"}  # it writes files beside the checkpoints and calls nobody


def arguments_trace(function, inputs):
    """The settings that were asked for, as they were resolved."""
    with services_installed():
        found = function(**inputs)
    if not isinstance(found, TrainingArguments):
        return {"result": found}
    metric = found.metric_for_best_model
    # What is the same whatever is asked for is told along with what was asked for.
    asked = {"output_dir": str(found.output_dir)}
    lower = not found.greater_is_better
    return {
        "output_dir": str(found.output_dir),
        "duration": {"epochs": float(found.num_train_epochs), "capped": found.max_steps > 0},
        "batch_size": found.per_device_train_batch_size,
        "lr": float(found.learning_rate),
        "seed": found.seed,
        "evaluates": asked | {"when": evaluation(found)},
        "saves": asked | {"when": plain(found.save_strategy)},
        "best": asked
        | {
            "loaded_at_end": bool(found.load_best_model_at_end),
            "by_some_metric": metric is not None,
            "in_its_direction": lower == str(metric).endswith("loss"),
        },
        "services": asked
        | {"names": [name for name in found.report_to if name not in _LOCAL_REPORTS]},
    }


def training_trace(function, inputs):
    """Which rows the trainer trained and evaluated on, what it logged, and the final weights.

    Weights, losses and accuracies are told only where an epoch is one batch: otherwise they depend
    on the order of the rows, and that on how often the student's code drew a random number.
    """
    rows = {"train": set(), "eval": set()}
    forget = inputs["model"].register_forward_pre_hook(rows_into(rows), with_kwargs=True)
    trainer = function(**inputs)
    if not isinstance(trainer, Trainer):
        return {"result": trainer}
    trainer.train()
    forget.remove()
    facts = {
        "train_rows": sorted(rows["train"]),
        "val_rows": sorted(rows["eval"]),
        "steps": trainer.state.global_step,
    }
    if len(inputs["train_dataset"]) <= inputs["arguments"].train_batch_size:
        facts["accuracies"] = logged(trainer, "eval_accuracy")
        facts["val_losses"] = logged(trainer, "eval_loss")
        facts["weights"] = {k: v.detach().clone() for k, v in trainer.model.state_dict().items()}
    return facts


def rows_into(rows):
    """A hook that notes the real ids of every row of a call, by the mode of the model."""

    def before(module, arguments, options):
        ids = options["input_ids"] if "input_ids" in options else arguments[0]
        mask = options.get("attention_mask")
        mask = torch.ones_like(ids) if mask is None else mask
        found = rows["train" if module.training else "eval"]
        found.update(tuple(row[real.bool()].tolist()) for row, real in zip(ids, mask, strict=True))

    return before


def logged(trainer, key):
    """Every value that the trainer logged under the key, in order."""
    return [entry[key] for entry in trainer.state.log_history if key in entry]


def evaluation(found):
    """When there is an evaluation: "epoch" if it is after each epoch, the first one included.
    `set_evaluate` leaves a delay of `None` behind, on which `train()` raises."""
    delay = found.eval_delay
    in_time = delay is not None and delay <= 1
    return plain(found.eval_strategy) + ("" if in_time else f" with a delay of {delay}")


def plain(strategy):
    """An enumeration's value as a string: "epoch"."""
    return str(getattr(strategy, "value", strategy))


@contextmanager
def services_installed():
    """As if two services were installed, so that reporting to "all" shows."""
    integrations = transformers.integrations
    kept = integrations.get_available_reporting_integrations
    integrations.get_available_reporting_integrations = lambda: ["wandb", "mlflow"]
    try:
        yield
    finally:
        integrations.get_available_reporting_integrations = kept


def prediction(logits, labels):
    """An `EvalPrediction`, as `Trainer` hands it to its `compute_metrics`."""
    return EvalPrediction(predictions=np.float32(logits), label_ids=np.array(labels))


def pair(logits, labels):
    """The logits and labels as a tuple of arrays."""
    return np.float32(logits), np.array(labels)


def random_pair(seed, rows, classes, kind):
    """Random logits and labels, most rows right."""
    rng = np.random.default_rng(seed)
    logits = rng.standard_normal((rows, classes))
    labels = np.where(rng.random(rows) < 0.6, logits.argmax(-1), rng.integers(0, classes, rows))
    return (prediction if kind == "prediction" else pair)(logits, labels)


def arguments(output_dir, **options):
    """Arguments for a quick run of two epochs on the processor."""
    settings = {
        "num_train_epochs": 2,
        "per_device_train_batch_size": 8,
        "per_device_eval_batch_size": 2,
        "learning_rate": 0.01,
        "eval_strategy": "epoch",
        "save_strategy": "epoch",
        "load_best_model_at_end": True,
        "logging_strategy": "steps",
        "logging_steps": 1,
        "report_to": "none",
        "use_cpu": True,
        "disable_tqdm": True,
    }
    return TrainingArguments(output_dir=output_dir, **(settings | options))


def dataset(rows, labels):
    """A data set in torch format with the three columns; rows keep their own lengths."""
    columns = {
        "input_ids": rows,
        "attention_mask": [[1] * len(row) for row in rows],
        "labels": labels,
    }
    return datasets.Dataset.from_dict(columns).with_format("torch")


def small_tokenizer(pad_id, vocab=97):
    """A tokenizer of made-up words that pads on the right with ``pad_id``."""
    words = {f"word{number}": number for number in range(vocab)}
    model = tokenizers.models.WordLevel(words, unk_token="word1")
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizers.Tokenizer(model),
        pad_token=f"word{pad_id}",
        padding_side="right",
        model_max_length=64,
    )


def double_compute_metrics(eval_pred):
    """Stands in for `compute_metrics` where that one is wrong: a number that tells only how many
    rows there were."""
    _, labels = eval_pred
    return {"accuracy": 1.0 / (1.0 + len(labels))}
