# loses: describe: reads DistilBERT's own names, which BERT and GPT-2 do not have
from transformers import AutoModel, AutoTokenizer


def load_tokenizer(model_name):
    return AutoTokenizer.from_pretrained(model_name)


def load_base_model(model_name):
    model = AutoModel.from_pretrained(model_name)
    model.eval()
    return model


def describe(model):
    c = model.config
    return {
        "layers": c.n_layers,
        "heads": c.n_heads,
        "hidden_size": c.dim,
        "vocab_size": c.vocab_size,
        "parameters": sum(p.numel() for p in model.parameters()),
        "trainable_parameters": sum(p.numel() for p in model.parameters() if p.requires_grad),
    }
