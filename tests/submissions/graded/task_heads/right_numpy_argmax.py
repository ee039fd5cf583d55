import numpy as np
import torch
from transformers import AutoModel, AutoModelForMaskedLM, AutoModelForMultipleChoice, AutoModelForQuestionAnswering, AutoModelForSequenceClassification, AutoModelForTokenClassification, DistilBertForSequenceClassification

names = ["base", "masked-lm", "sequence-classification", "multiple-choice", "token-classification", "question-answering"]
models = [AutoModel, AutoModelForMaskedLM, AutoModelForSequenceClassification, AutoModelForMultipleChoice, AutoModelForTokenClassification, AutoModelForQuestionAnswering]

def load_for_task(task, model_name, **kwargs):
    # names.index raises ValueError if it is not there
    return models[names.index(task)].from_pretrained(model_name, **kwargs)

def load_classifier_two_ways(model_name, num_labels):
    m1 = DistilBertForSequenceClassification.from_pretrained(model_name, num_labels=num_labels)
    m2 = load_for_task("sequence-classification", model_name, num_labels=num_labels)
    m1.eval(), m2.eval()
    return m1, m2

def predict(model, batch):
    model.eval()
    logits = model(**batch).logits.detach().cpu().numpy()
    return torch.from_numpy(np.argmax(logits, axis=-1)).long()
