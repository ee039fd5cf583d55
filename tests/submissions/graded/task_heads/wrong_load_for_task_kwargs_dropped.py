# loses: load_for_task: kwargs do not go to from_pretrained
import torch
from transformers import (
    AutoModel,
    AutoModelForMaskedLM,
    AutoModelForMultipleChoice,
    AutoModelForQuestionAnswering,
    AutoModelForSequenceClassification,
    AutoModelForTokenClassification,
    DistilBertForSequenceClassification,
)


TASKS = {
    "base": AutoModel,
    "masked-lm": AutoModelForMaskedLM,
    "sequence-classification": AutoModelForSequenceClassification,
    "multiple-choice": AutoModelForMultipleChoice,
    "token-classification": AutoModelForTokenClassification,
    "question-answering": AutoModelForQuestionAnswering,
}


def load_for_task(task, model_name, **kwargs):
    if task not in TASKS:
        raise ValueError(f"unknown task {task!r}")
    return TASKS[task].from_pretrained(model_name)


def load_classifier_two_ways(model_name, num_labels):
    first = DistilBertForSequenceClassification.from_pretrained(model_name, num_labels=num_labels)
    second = AutoModelForSequenceClassification.from_pretrained(model_name, num_labels=num_labels)
    return first, second


def predict(model, batch):
    model.eval()
    with torch.no_grad():
        logits = model(**batch).logits
    return logits.argmax(dim=-1)
