from __future__ import annotations

import torch
from transformers import (AutoConfig, AutoModel, AutoModelForMaskedLM, AutoModelForMultipleChoice,
                          AutoModelForQuestionAnswering, AutoModelForSequenceClassification,
                          AutoModelForTokenClassification, DistilBertForSequenceClassification,
                          PreTrainedModel)


def load_for_task(task: str, model_name: str, **kwargs) -> PreTrainedModel:
    try:
        auto = dict([
            ("base", AutoModel),
            ("masked-lm", AutoModelForMaskedLM),
            ("sequence-classification", AutoModelForSequenceClassification),
            ("multiple-choice", AutoModelForMultipleChoice),
            ("token-classification", AutoModelForTokenClassification),
            ("question-answering", AutoModelForQuestionAnswering),
        ])[task]
    except KeyError as error:
        raise ValueError(f"unknown task: {task}") from error
    return auto.from_pretrained(model_name, **kwargs)


def load_classifier_two_ways(model_name: str, num_labels: int) -> tuple[PreTrainedModel, PreTrainedModel]:
    config = AutoConfig.from_pretrained(model_name)
    config.num_labels = num_labels
    return (
        DistilBertForSequenceClassification.from_pretrained(model_name, config=config),
        AutoModelForSequenceClassification.from_pretrained(model_name, config=config),
    )


def predict(model: PreTrainedModel, batch) -> torch.LongTensor:
    model = model.train(False)
    logits = model(**batch)[0].detach()
    _, classes = torch.max(logits, dim=1)
    return classes
