"""As short as it goes: the library counts."""

from transformers import AutoModel, AutoTokenizer


def load_tokenizer(name):
    return AutoTokenizer.from_pretrained(name)


def load_base_model(name):
    return AutoModel.from_pretrained(name).eval()


def describe(model):
    c = model.config
    return {
        "layers": c.num_hidden_layers,
        "heads": c.num_attention_heads,
        "hidden_size": c.hidden_size,
        "vocab_size": c.vocab_size,
        "parameters": model.num_parameters(),
        "trainable_parameters": model.num_parameters(only_trainable=True),
    }
