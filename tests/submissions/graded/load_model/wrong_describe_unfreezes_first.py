# loses: describe: switches all gradients on before counting, so frozen parameters count as trainable
from transformers import AutoConfig, AutoModel, AutoTokenizer, PreTrainedModel


def load_tokenizer(model_name: str):
    tokenizer = AutoTokenizer.from_pretrained(model_name)
    return tokenizer


def load_base_model(model_name: str) -> PreTrainedModel:
    return AutoModel.from_pretrained(model_name).eval()


def describe(model):
    c = model.config
    for p in model.parameters():
        p.requires_grad = True
    return {
        "layers": c.num_hidden_layers,
        "heads": c.num_attention_heads,
        "hidden_size": c.hidden_size,
        "vocab_size": c.vocab_size,
        "parameters": sum(p.numel() for p in model.parameters()),
        "trainable_parameters": sum(p.numel() for p in model.parameters() if p.requires_grad),
    }
