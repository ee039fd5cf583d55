# loses: describe: layers and heads are swapped
from transformers import AutoConfig, AutoModel, AutoTokenizer, PreTrainedModel


def load_tokenizer(model_name: str):
    tokenizer = AutoTokenizer.from_pretrained(model_name)
    return tokenizer


def load_base_model(model_name: str) -> PreTrainedModel:
    return AutoModel.from_pretrained(model_name).eval()


def describe(model):
    c = model.config
    return {
        "layers": c.num_attention_heads,
        "heads": c.num_hidden_layers,
        "hidden_size": c.hidden_size,
        "vocab_size": c.vocab_size,
        "parameters": sum(p.numel() for p in model.parameters()),
        "trainable_parameters": sum(p.numel() for p in model.parameters() if p.requires_grad),
    }
