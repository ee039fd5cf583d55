# loses: load_for_task: AutoModelForPreTraining is a masked language model for DistilBERT, but not for BERT
import torch
import transformers


def load_for_task(task, model_name, **kwargs):
    if task == "base":
        auto = transformers.AutoModel
    elif task == "masked-lm":
        auto = transformers.AutoModelForPreTraining
    elif task == "sequence-classification":
        auto = transformers.AutoModelForSequenceClassification
    elif task == "multiple-choice":
        auto = transformers.AutoModelForMultipleChoice
    elif task == "token-classification":
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
