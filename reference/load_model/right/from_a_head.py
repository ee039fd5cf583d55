"""Takes the base out of a model with a head; counts with a set of identities and tensors."""

from collections import OrderedDict

import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer


def load_tokenizer(model_name):
    tokenizer = AutoTokenizer.from_pretrained(model_name, use_fast=False, local_files_only=True)
    tokenizer.pad_token = tokenizer.pad_token or tokenizer.eos_token
    return tokenizer


@torch.inference_mode()
def load_base_model(model_name):
    classifier = AutoModelForSequenceClassification.from_pretrained(model_name)
    base = classifier.base_model
    base.eval()
    return base


def describe(model):
    seen, counts = set(), torch.zeros(2, dtype=torch.long)
    for part in model.modules():
        for parameter in part.parameters(recurse=False):
            if id(parameter) not in seen:
                seen.add(id(parameter))
                counts += parameter.numel() * torch.tensor([True, parameter.requires_grad])
    summary = OrderedDict()
    summary["layers"] = int(model.config.num_hidden_layers)
    summary["heads"] = int(model.config.num_attention_heads)
    summary["hidden_size"] = int(model.config.hidden_size)
    summary["vocab_size"] = model.base_model.config.vocab_size
    summary["parameters"], summary["trainable_parameters"] = counts
    return summary
