# loses: load_for_task: looks for a word in the name, so that text-classification is a task too
import torch
import transformers


def load_for_task(task, model_name, **kwargs):
    if task == "base":
        auto = transformers.AutoModel
    elif task == "masked-lm":
        auto = transformers.AutoModelForMaskedLM
    elif "classification" in task and "token" not in task:
        auto = transformers.AutoModelForSequenceClassification
    elif task == "multiple-choice":
        auto = transformers.AutoModelForMultipleChoice
    elif task.startswith("token-"):
        auto = transformers.AutoModelForTokenClassification
    elif task == "question-answering":
        auto = transformers.AutoModelForQuestionAnswering
    else:
        raise ValueError(f"unknown task: {task}")
    return auto.from_pretrained(model_name, **kwargs)


def load_classifier_two_ways(model_name, num_labels):
    one = transformers.DistilBertForSequenceClassification
    two = transformers.AutoModelForSequenceClassification
    return tuple(c.from_pretrained(model_name, num_labels=num_labels) for c in (one, two))


@torch.no_grad()
def predict(model, batch):
    model.eval()
    return torch.argmax(model(**batch).logits, dim=1)
