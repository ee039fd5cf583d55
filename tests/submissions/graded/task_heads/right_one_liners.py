import torch, transformers as t
A = {"base": t.AutoModel, "masked-lm": t.AutoModelForMaskedLM, "sequence-classification": t.AutoModelForSequenceClassification, "multiple-choice": t.AutoModelForMultipleChoice, "token-classification": t.AutoModelForTokenClassification, "question-answering": t.AutoModelForQuestionAnswering}
def _no(task): raise ValueError(task)
load_for_task = lambda task, model_name, **kwargs: (A.get(task) or _no(task)).from_pretrained(model_name, **kwargs)
load_classifier_two_ways = lambda model_name, num_labels: (t.DistilBertForSequenceClassification.from_pretrained(model_name, num_labels=num_labels), t.AutoModelForSequenceClassification.from_pretrained(model_name, num_labels=num_labels))
predict = torch.no_grad()(lambda model, batch: model.eval()(**batch).logits.argmax(-1))
