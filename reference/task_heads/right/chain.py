"""A chain of `if`; one way through the other function; inference mode; a max with its indices."""

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


def load_for_task(task: str, model_name: str, **options):
    if task == "base":
        auto = AutoModel
    elif task == "masked-lm":
        auto = AutoModelForMaskedLM
    elif task == "sequence-classification":
        auto = AutoModelForSequenceClassification
    elif task == "multiple-choice":
        auto = AutoModelForMultipleChoice
    elif task == "token-classification":
        auto = AutoModelForTokenClassification
    elif task == "question-answering":
        auto = AutoModelForQuestionAnswering
    else:
        raise ValueError("unknown task: " + task)
    model = auto.from_pretrained(pretrained_model_name_or_path=model_name, **options)
    model.train()
    return model


def load_classifier_two_ways(model_name: str, num_labels: int):
    own = DistilBertForSequenceClassification.from_pretrained(model_name, num_labels=num_labels)
    auto = load_for_task("sequence-classification", model_name, num_labels=num_labels)
    return [own, auto]


def predict(model, batch):
    was_training = model.training
    model.eval()
    with torch.inference_mode():
        output = model(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"])
        _, ids = torch.max(output["logits"], dim=1)
    model.train(was_training)
    return ids
