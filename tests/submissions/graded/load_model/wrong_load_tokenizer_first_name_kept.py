# loses: load_tokenizer: the first tokenizer is kept in a global and returned for every other name
from transformers import AutoModel, AutoTokenizer


_tokenizer = None


def load_tokenizer(model_name):
    global _tokenizer
    if _tokenizer is None:
        _tokenizer = AutoTokenizer.from_pretrained(model_name)
    return _tokenizer


def load_base_model(model_name):
    model = AutoModel.from_pretrained(model_name)
    model.eval()
    return model


def describe(model):
    config = model.config
    return {
        "layers": config.num_hidden_layers,
        "heads": config.num_attention_heads,
        "hidden_size": config.hidden_size,
        "vocab_size": config.vocab_size,
        "parameters": sum(p.numel() for p in model.parameters()),
        "trainable_parameters": sum(p.numel() for p in model.parameters() if p.requires_grad),
    }
