import enum

import torch
import transformers as tf


class Task(enum.Enum):
    BASE = "base"
    MASKED_LM = "masked-lm"
    SEQUENCE = "sequence-classification"
    CHOICE = "multiple-choice"
    TOKEN = "token-classification"
    QA = "question-answering"


AUTO = {
    Task.BASE: tf.AutoModel,
    Task.MASKED_LM: tf.AutoModelForMaskedLM,
    Task.SEQUENCE: tf.AutoModelForSequenceClassification,
    Task.CHOICE: tf.AutoModelForMultipleChoice,
    Task.TOKEN: tf.AutoModelForTokenClassification,
    Task.QA: tf.AutoModelForQuestionAnswering,
}


def load_for_task(task, model_name, **kwargs):
    # Task("...") raises ValueError by itself
    return AUTO[Task(task)].from_pretrained(model_name, **kwargs)


def load_classifier_two_ways(model_name, num_labels):
    names = {i: f"class {i}" for i in range(num_labels)}
    a = tf.DistilBertForSequenceClassification.from_pretrained(model_name, id2label=names)
    b = tf.AutoModelForSequenceClassification.from_pretrained(model_name, id2label=names)
    return a, b


def predict(model, batch):
    model.eval()
    with torch.no_grad():
        logits = model(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"]).logits
    return logits.sort(dim=-1, descending=True).indices[:, 0]
