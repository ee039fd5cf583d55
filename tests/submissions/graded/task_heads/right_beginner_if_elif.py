import torch
import transformers

def load_for_task(task, model_name, **kwargs):
    if task == "base":
        m = transformers.AutoModel.from_pretrained(model_name, **kwargs)
    elif task == "masked-lm":
        m = transformers.AutoModelForMaskedLM.from_pretrained(model_name, **kwargs)
    elif task == "sequence-classification":
        m = transformers.AutoModelForSequenceClassification.from_pretrained(model_name, **kwargs)
    elif task == "multiple-choice":
        m = transformers.AutoModelForMultipleChoice.from_pretrained(model_name, **kwargs)
    elif task == "token-classification":
        m = transformers.AutoModelForTokenClassification.from_pretrained(model_name, **kwargs)
    elif task == "question-answering":
        m = transformers.AutoModelForQuestionAnswering.from_pretrained(model_name, **kwargs)
    else:
        raise ValueError("wrong task")
    print(type(m))
    return m

def load_classifier_two_ways(model_name, num_labels):
    model1 = transformers.DistilBertForSequenceClassification.from_pretrained(model_name, num_labels = num_labels)
    model2 = transformers.AutoModelForSequenceClassification.from_pretrained(model_name, num_labels = num_labels)
    return [model1, model2]

def predict(model, batch):
    model.eval()
    with torch.no_grad():
        out = model(batch["input_ids"], attention_mask = batch["attention_mask"])
    answers = []
    for row in out.logits:
        best = 0
        for c in range(len(row)):
            if row[c] > row[best]:
                best = c
        answers.append(best)
    return torch.tensor(answers)
