"""Topic 9, the Trainer: the loop of topic 8 done by the library.

You say what you want in `TrainingArguments`, hand the pieces to `Trainer` and call `train()`.
This is transformers 5: the lecture's `evaluation_strategy=` is `eval_strategy=` now, and its
`Trainer(tokenizer=...)` is `Trainer(processing_class=...)`.
"""

import numpy as np
from transformers import (
    EvalPrediction,
    PreTrainedModel,
    PreTrainedTokenizerBase,
    Trainer,
    TrainingArguments,
)


def compute_metrics(eval_pred: EvalPrediction | tuple[np.ndarray, np.ndarray]) -> dict[str, float]:
    """Return `{"accuracy": ...}`: the share of rows whose highest logit is that of their label.

    eval_pred: logits (rows, labels) and labels (rows), numpy arrays; as a plain tuple of the two
        or as the `EvalPrediction` that `Trainer` hands over.
    The accuracy is between 0 and 1.

    Hints:
    1. An `EvalPrediction` can be unpacked like a tuple.
    2. The class that the model chooses for a row is the position of its highest logit: along
       which axis do the classes lie?
    3. Do not count on two classes: there may be more.
    """
    raise NotImplementedError("compute_metrics is not written yet")


def training_arguments(
    output_dir: str,
    num_epochs: int = 2,
    batch_size: int = 16,
    lr: float = 2e-5,
    seed: int = 224,
) -> TrainingArguments:
    """Return the settings of a training run.

    output_dir: the folder for checkpoints.
    batch_size: rows in a training batch (on one device); that of evaluation is up to you.
    The run evaluates and saves after every epoch, has the best model loaded at the end (by
    whichever metric you like), and reports to no outside service.

    Hints:
    1. `help(TrainingArguments)` is long. Search it for `train_batch_size`, `strategy`, `best`.
    2. The best model can only be loaded if it was saved when it was evaluated.
    3. Print what you get: `print(training_arguments("out"))` shows every resolved setting.
    """
    raise NotImplementedError("training_arguments is not written yet")


def build_trainer(
    model: PreTrainedModel,
    arguments: TrainingArguments,
    train_dataset,
    val_dataset,
    tokenizer: PreTrainedTokenizerBase,
) -> Trainer:
    """Return a `Trainer` on which `train()` can be called.

    model: a sequence classifier.
    arguments: the settings of the run, to be used as they are.
    train_dataset, val_dataset: data sets in torch format with the columns input_ids,
        attention_mask and labels. Their rows are of unequal length, so each batch has to be padded.
    tokenizer: knows how to pad for this model.
    The trainer evaluates on `val_dataset` and reports the accuracy by `compute_metrics`.

    Hints:
    1. Rows of unequal length do not fit into one tensor. Who pads them? Look for the data
       collators of transformers, and for what `Trainer` does with a `processing_class`.
    2. `compute_metrics=` takes the function itself, not its result.
    3. Building is not training: leave `train()` to the caller.
    """
    raise NotImplementedError("build_trainer is not written yet")
