import torch
from transformers import AutoModel, AutoModelForMaskedLM, AutoModelForMultipleChoice
from transformers import AutoModelForQuestionAnswering, AutoModelForSequenceClassification
from transformers import AutoModelForTokenClassification, DistilBertForSequenceClassification

class TacheInconnue(ValueError):
    """La tâche n'est pas dans la liste."""

LISTE = {"base", "masked-lm", "sequence-classification", "multiple-choice", "token-classification", "question-answering"}

def load_for_task(task: str, model_name: str, **kwargs):
    if task not in LISTE:
        raise TacheInconnue(f"tâche inconnue : {task}")
    classe = AutoModel
    if task.startswith("masked"): classe = AutoModelForMaskedLM
    if task.startswith("sequence"): classe = AutoModelForSequenceClassification
    if task.startswith("multiple"): classe = AutoModelForMultipleChoice
    if task.startswith("token"): classe = AutoModelForTokenClassification
    if task.startswith("question"): classe = AutoModelForQuestionAnswering
    return classe.from_pretrained(model_name, **kwargs)

def load_classifier_two_ways(model_name: str, num_labels: int):
    direct = DistilBertForSequenceClassification.from_pretrained(model_name, num_labels=num_labels)
    auto = AutoModelForSequenceClassification.from_pretrained(model_name, num_labels=num_labels)
    assert type(direct) is type(auto)
    return direct, auto

def predict(model, batch):
    model.eval()
    with torch.no_grad():
        sortie = model(**{"input_ids": batch["input_ids"], "attention_mask": batch["attention_mask"]})
    logits = sortie["logits"]
    return (logits == logits.max(dim=-1, keepdim=True).values).long().argmax(dim=-1)
