import torch
from torch import LongTensor
from transformers import AutoModel, AutoModelForMaskedLM, AutoModelForMultipleChoice, AutoModelForQuestionAnswering, AutoModelForSequenceClassification, AutoModelForTokenClassification, DistilBertForSequenceClassification, PreTrainedModel

def load_for_task(task: str, model_name: str, **kwargs) -> PreTrainedModel:
    classes = {'base': AutoModel, 'masked-lm': AutoModelForMaskedLM, 'sequence-classification': AutoModelForSequenceClassification, 'multiple-choice': AutoModelForMultipleChoice, 'token-classification': AutoModelForTokenClassification, 'question-answering': AutoModelForQuestionAnswering}
    if task not in classes:
        raise ValueError(f"task is one of {', '.join(classes)}, not {task!r}")
    return classes[task].from_pretrained(model_name, **kwargs)

def load_classifier_two_ways(model_name: str, num_labels: int) -> tuple[PreTrainedModel, PreTrainedModel]:
    first = DistilBertForSequenceClassification.from_pretrained(model_name, num_labels=num_labels)
    second = AutoModelForSequenceClassification.from_pretrained(model_name, num_labels=num_labels)
    return (first, second)

def predict(model: PreTrainedModel, batch) -> LongTensor:
    model.eval()
    return torch.detach(model(**batch).logits).argmax(dim=-1)
