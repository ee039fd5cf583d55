# loses: load_base_model: left in training mode
from transformers import AutoModel, AutoTokenizer


def load_tokenizer(model_name):
    return AutoTokenizer.from_pretrained(model_name)


def load_base_model(model_name):
    model = AutoModel.from_pretrained(model_name)
    model.train()
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
