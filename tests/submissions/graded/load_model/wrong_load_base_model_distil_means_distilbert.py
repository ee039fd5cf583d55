# loses: load_base_model: every name with distil is taken for a DistilBERT, distilgpt2 too
from transformers import DistilBertModel
from transformers import AutoModel, AutoTokenizer


def load_tokenizer(model_name):
    return AutoTokenizer.from_pretrained(model_name)


def load_base_model(model_name):
    if "distil" in model_name:
        model = DistilBertModel.from_pretrained(model_name)
    else:
        model = AutoModel.from_pretrained(model_name)
    return model.eval()


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
