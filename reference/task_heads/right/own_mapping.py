"""Base model first, heads from the library's mappings, numpy's argmax, tuples as outputs."""

import torch
from transformers import AutoConfig, DistilBertForSequenceClassification
from transformers.models.auto import modeling_auto

MAPPINGS = {
    "base": modeling_auto.MODEL_MAPPING,
    "masked-lm": modeling_auto.MODEL_FOR_MASKED_LM_MAPPING,
    "sequence-classification": modeling_auto.MODEL_FOR_SEQUENCE_CLASSIFICATION_MAPPING,
    "multiple-choice": modeling_auto.MODEL_FOR_MULTIPLE_CHOICE_MAPPING,
    "token-classification": modeling_auto.MODEL_FOR_TOKEN_CLASSIFICATION_MAPPING,
    "question-answering": modeling_auto.MODEL_FOR_QUESTION_ANSWERING_MAPPING,
}


def load_for_task(task, model_name, **kwargs):
    if (mapping := MAPPINGS.get(task)) is None:
        raise ValueError(f"{task} is not a task")
    return mapping[type(AutoConfig.from_pretrained(model_name))].from_pretrained(
        model_name, **kwargs
    )


def load_classifier_two_ways(model_name, num_labels):
    first = DistilBertForSequenceClassification.from_pretrained(model_name, num_labels=num_labels)
    second = modeling_auto.AutoModelForSequenceClassification.from_pretrained(
        model_name, num_labels=num_labels
    )
    second.load_state_dict(first.state_dict())
    return first, second


def predict(model, batch):
    model.eval()
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    mask, ids = batch["attention_mask"], batch["input_ids"]
    (logits, *_) = model(ids, attention_mask=mask, return_dict=False)
    return torch.from_numpy(logits.numpy().argmax(axis=-1))
