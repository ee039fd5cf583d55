"""As short as it goes."""

import torch
import transformers

NAMES = {
    "base": "AutoModel",
    "masked-lm": "AutoModelForMaskedLM",
    "sequence-classification": "AutoModelForSequenceClassification",
    "multiple-choice": "AutoModelForMultipleChoice",
    "token-classification": "AutoModelForTokenClassification",
    "question-answering": "AutoModelForQuestionAnswering",
}


def load_for_task(task, model_name, **kwargs):
    try:
        name = NAMES[task]
    except KeyError:
        raise ValueError(task) from None
    return getattr(transformers, name).from_pretrained(model_name, **kwargs)


def load_classifier_two_ways(name, n):
    return (
        transformers.DistilBertForSequenceClassification.from_pretrained(name, num_labels=n),
        transformers.AutoModelForSequenceClassification.from_pretrained(name, num_labels=n),
    )


@torch.no_grad()
def predict(model, batch):
    return model.eval()(**batch).logits.argmax(-1)
