import torch
from transformers import (
    AutoConfig, AutoModel, AutoModelForMaskedLM, AutoModelForMultipleChoice,
    AutoModelForQuestionAnswering, AutoModelForSequenceClassification,
    AutoModelForTokenClassification, DistilBertForSequenceClassification,
)


def load_for_task(task, model_name, **kwargs):
    tasks = {
        "base": AutoModel,
        "masked-lm": AutoModelForMaskedLM,
        "sequence-classification": AutoModelForSequenceClassification,
        "multiple-choice": AutoModelForMultipleChoice,
        "token-classification": AutoModelForTokenClassification,
        "question-answering": AutoModelForQuestionAnswering,
    }
    if task in tasks.keys():
        model = tasks[task].from_pretrained(model_name, **kwargs)
        return model
    else:
        raise ValueError("Tarea desconocida: " + str(task))


def load_classifier_two_ways(model_name, num_labels):
    # el codificador preentrenado se copia a mano en las dos
    base = AutoModel.from_pretrained(model_name)
    config = AutoConfig.from_pretrained(model_name, num_labels=num_labels)
    uno = DistilBertForSequenceClassification(config)
    dos = AutoModelForSequenceClassification.from_config(config)
    for modelo in (uno, dos):
        modelo.base_model.load_state_dict(base.state_dict())
    return uno, dos


def predict(model, batch):
    model.eval()
    torch.set_grad_enabled(False)
    logits = model(**batch).logits
    torch.set_grad_enabled(True)
    return logits.topk(1, dim=-1).indices.squeeze(-1)
