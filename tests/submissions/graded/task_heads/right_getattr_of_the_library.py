import torch
import transformers

TASKS = ("masked-lm", "sequence-classification", "multiple-choice", "token-classification", "question-answering")


def load_for_task(task, model_name, **kwargs):
    if task == "base":
        return transformers.AutoModel.from_pretrained(model_name, **kwargs)
    if task in TASKS:
        camel = "".join("LM" if part == "lm" else part.capitalize() for part in task.split("-"))
        return getattr(transformers, "AutoModelFor" + camel).from_pretrained(model_name, **kwargs)
    raise ValueError(f"{task} ist keine Aufgabe")


def load_classifier_two_ways(model_name, num_labels):
    return tuple(
        cls.from_pretrained(model_name, num_labels=num_labels)
        for cls in (
            transformers.DistilBertForSequenceClassification,
            transformers.AutoModelForSequenceClassification,
        )
    )


def predict(model, batch):
    with torch.inference_mode():
        return model.eval()(**batch).logits.max(-1).indices
