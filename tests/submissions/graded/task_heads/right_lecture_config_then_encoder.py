import torch
from transformers import AutoModel, AutoModelForMaskedLM, AutoModelForMultipleChoice
from transformers import AutoModelForQuestionAnswering, AutoModelForSequenceClassification
from transformers import AutoModelForTokenClassification, DistilBertConfig
from transformers import DistilBertForSequenceClassification, DistilBertModel


def load_for_task(task: str, model_name: str, **kwargs):
    match task:
        case "base":
            cls = AutoModel
        case "masked-lm":
            cls = AutoModelForMaskedLM
        case "sequence-classification":
            cls = AutoModelForSequenceClassification
        case "multiple-choice":
            cls = AutoModelForMultipleChoice
        case "token-classification":
            cls = AutoModelForTokenClassification
        case "question-answering":
            cls = AutoModelForQuestionAnswering
        case _:
            raise ValueError(task)
    return cls.from_pretrained(model_name, **kwargs)


def load_classifier_two_ways(model_name: str, num_labels: int):
    # way 1: build it from a configuration, then put the pretrained encoder in
    config = DistilBertConfig.from_pretrained(model_name, num_labels=num_labels)
    by_class = DistilBertForSequenceClassification(config)
    by_class.distilbert = DistilBertModel.from_pretrained(model_name)
    # way 2: the auto class does both
    automatic = AutoModelForSequenceClassification.from_pretrained(
        model_name, num_labels=num_labels
    )
    return by_class, automatic


@torch.no_grad()
def predict(model, batch):
    was_training = model.training
    model.eval()
    probabilities = torch.softmax(model(**batch).logits, dim=1)
    model.train(was_training)
    return torch.argmax(probabilities, dim=1)
