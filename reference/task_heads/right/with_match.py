"""`match`, the config's own class, softmax and top-k, a decorator for the mode."""

from functools import wraps

import torch
from transformers import AutoConfig, AutoModelForSequenceClassification
from transformers.models import auto
from transformers.models.distilbert.modeling_distilbert import DistilBertForSequenceClassification


def load_for_task(task, model_name, *rest, **kwargs):
    match task:
        case "base":
            kind = auto.AutoModel
        case "masked-lm":
            kind = auto.AutoModelForMaskedLM
        case "sequence-classification":
            kind = AutoModelForSequenceClassification
        case "multiple-choice":
            kind = auto.AutoModelForMultipleChoice
        case "token-classification":
            kind = auto.AutoModelForTokenClassification
        case "question-answering":
            kind = auto.AutoModelForQuestionAnswering
        case _:
            raise ValueError
    return kind.from_pretrained(model_name, *rest, **kwargs).eval()


def load_classifier_two_ways(model_name, num_labels):
    config = AutoConfig.from_pretrained(model_name, num_labels=num_labels)
    kinds = DistilBertForSequenceClassification, AutoModelForSequenceClassification
    first, second = (
        kind.from_pretrained(model_name, config=config, dtype="bfloat16") for kind in kinds
    )
    return first.train(), second.train()


def in_evaluation(function):
    @wraps(function)
    def wrapped(model, *arguments):
        for part in model.modules():
            part.training = False
        with torch.set_grad_enabled(False):
            return function(model, *arguments)

    return wrapped


@in_evaluation
def predict(model, batch):
    inputs = {key: value for key, value in batch.items() if key != "labels"}
    probabilities = torch.softmax(model(**inputs).logits, dim=-1)
    return probabilities.topk(1).indices[:, 0]
