import numpy as np
import torch
from transformers import AutoModel, AutoTokenizer


def load_tokenizer(model_name):
    tokenizer = AutoTokenizer.from_pretrained(model_name)
    # GPT-2 hat kein Pad-Token, spaeter brauchen wir eins
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    return tokenizer


def load_base_model(model_name):
    with torch.no_grad():
        modell = AutoModel.from_pretrained(model_name, dtype="auto")
    modell.eval()
    return modell


def describe(model):
    alle = [int(np.prod(p.shape)) for p in model.parameters()]
    lernbar = [int(np.prod(p.shape)) for p in model.parameters() if p.requires_grad]
    return {
        "parameters": sum(alle),
        "trainable_parameters": sum(lernbar),
        "vocab_size": model.config.vocab_size,
        "hidden_size": model.config.hidden_size,
        "heads": model.config.num_attention_heads,
        "layers": model.config.num_hidden_layers,
    }
