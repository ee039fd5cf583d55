"""Topic 11: one encoder, many tasks. Load it with the head that a task needs, and use one.

In: a task and a model's name, or a classifier and a batch. Out: models with the pretrained encoder,
and the classes that a classifier predicts.
"""

import torch
from torch import LongTensor
from transformers import (
    AutoModel,
    AutoModelForMaskedLM,
    AutoModelForMultipleChoice,
    AutoModelForQuestionAnswering,
    AutoModelForSequenceClassification,
    AutoModelForTokenClassification,
    DistilBertForSequenceClassification,
    PreTrainedModel,
)


def load_for_task(task: str, model_name: str, **kwargs) -> PreTrainedModel:
    """Load a pretrained model with the head for a task.

    Args:
        task: one of "base" (no head), "masked-lm", "sequence-classification", "multiple-choice",
            "token-classification" and "question-answering".
        model_name: a name for `from_pretrained`, or the path of a folder.
        kwargs: options for `from_pretrained`, whatever they are, as `num_labels=5`.

    Returns:
        The model. Its weights are those of the checkpoint as far as this holds them; what a new
        head adds is random.

    Raises:
        ValueError: `task` is none of the six.

    Hints:
        1. There is an `Auto...` class for each task. Which structure of Python leads from a name
           to one of six things?
        2. What happens by itself when a name is not in it? That is not a ValueError yet.
        3. Your function does not have to know what `kwargs` holds. How is it passed on as it came?
    """
    classes = {
        "base": AutoModel,
        "masked-lm": AutoModelForMaskedLM,
        "sequence-classification": AutoModelForSequenceClassification,
        "multiple-choice": AutoModelForMultipleChoice,
        "token-classification": AutoModelForTokenClassification,
        "question-answering": AutoModelForQuestionAnswering,
    }
    if task not in classes:
        raise ValueError(f"task is one of {', '.join(classes)}, not {task!r}")
    return classes[task].from_pretrained(model_name, **kwargs)


def load_classifier_two_ways(
    model_name: str, num_labels: int
) -> tuple[PreTrainedModel, PreTrainedModel]:
    """Load a sequence classifier by its own class, and by the `Auto...` class.

    Args:
        model_name: the name of a DistilBERT, or the path of a folder with one.
        num_labels: how many classes the classifier tells apart.

    Returns:
        Two models: the first loaded by `DistilBertForSequenceClassification`, the second by
        `AutoModelForSequenceClassification`. Both carry the pretrained encoder; their heads are
        random, so the two do not agree yet.

    Hints:
        1. Compare `model.classifier` with and without saying how many labels there are.
        2. A model made from a config has the right shape and random weights. Which method loads?
        3. Take one tensor of both encoders: `torch.equal` says whether they are the same.
    """
    first = DistilBertForSequenceClassification.from_pretrained(model_name, num_labels=num_labels)
    second = AutoModelForSequenceClassification.from_pretrained(model_name, num_labels=num_labels)
    return first, second


def predict(model: PreTrainedModel, batch) -> LongTensor:
    """Predict the class of each text of a batch.

    Args:
        model: a sequence classifier of any architecture, with two labels or more. It may come in
            training mode.
        batch: a mapping with `input_ids` and `attention_mask`, both (batch, sequence). It may hold
            the `labels` too.

    Returns:
        The ids of the most likely classes, (batch,), int64. The model computes them in evaluation
        mode and without gradients.

    Hints:
        1. `outputs.logits` is (batch, labels). The id of a class is a position on one of its axes.
        2. Do you need probabilities? Softmax does not change which number is the largest.
        3. Two things have to be switched before the model is called. Which?
        4. Try a batch of one text. The shape is (1,).
    """
    model.eval()
    return model(**batch).logits.argmax(dim=-1).detach()
