# loses: describe: asks the first parameter for all of them: wrong after some were frozen
from transformers import AutoModel, AutoTokenizer


def load_tokenizer(model_name):
    return AutoTokenizer.from_pretrained(model_name)


def load_base_model(model_name):
    model = AutoModel.from_pretrained(model_name)
    model.eval()
    return model


def describe(model):
    c = model.config
    total = sum(p.numel() for p in model.parameters())
    trains = next(model.parameters()).requires_grad
    return {
        "layers": c.num_hidden_layers,
        "heads": c.num_attention_heads,
        "hidden_size": c.hidden_size,
        "vocab_size": c.vocab_size,
        "parameters": total,
        "trainable_parameters": total if trains else 0,
    }
