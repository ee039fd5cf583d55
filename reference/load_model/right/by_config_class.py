"""The config first, then the class it names; a chain of names; numpy's sums."""

import numpy as np
import transformers
from transformers import AutoConfig, PreTrainedTokenizerFast
from transformers.models.auto import MODEL_MAPPING


def load_tokenizer(model_name):
    return PreTrainedTokenizerFast.from_pretrained(model_name)


def load_base_model(model_name):
    config = AutoConfig.from_pretrained(model_name)
    return MODEL_MAPPING[type(config)].from_pretrained(model_name, config=config)


def _first(config, *names):
    return next(getattr(config, name) for name in names if hasattr(config, name))


def describe(model: transformers.PreTrainedModel):
    named = dict(model.named_parameters())
    numbers = np.array([parameter.numel() for parameter in named.values()])
    trains = np.array([parameter.requires_grad for parameter in named.values()])
    return {
        "layers": _first(model.config, "n_layers", "n_layer", "num_layers", "num_hidden_layers"),
        "heads": _first(model.config, "n_heads", "n_head", "num_heads", "num_attention_heads"),
        "hidden_size": _first(model.config, "dim", "n_embd", "d_model", "hidden_size"),
        "vocab_size": model.get_input_embeddings().weight.shape[0],
        "parameters": numbers.sum(),
        "trainable_parameters": (numbers * trains).sum(),
    }
