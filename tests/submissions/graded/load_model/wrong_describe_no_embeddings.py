# loses: describe: leaves the embeddings out of the count
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
        "layers": c.num_hidden_layers,
        "heads": c.num_attention_heads,
        "hidden_size": c.hidden_size,
        "vocab_size": c.vocab_size,
        "parameters": model.num_parameters(exclude_embeddings=True),
        "trainable_parameters": sum(p.numel() for p in model.parameters() if p.requires_grad),
    }
