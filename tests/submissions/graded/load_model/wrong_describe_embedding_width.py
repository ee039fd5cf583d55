# loses: describe: hidden size is taken from the embedding matrix, which is narrower in ALBERT or ELECTRA (every architecture)
from transformers import AutoConfig, AutoModel, AutoTokenizer, PreTrainedModel


def load_tokenizer(model_name: str):
    tokenizer = AutoTokenizer.from_pretrained(model_name)
    return tokenizer


def load_base_model(model_name: str) -> PreTrainedModel:
    return AutoModel.from_pretrained(model_name).eval()


def describe(model):
    c = model.config
    vocabulary, width = model.get_input_embeddings().weight.shape
    return {
        "layers": c.num_hidden_layers,
        "heads": c.num_attention_heads,
        "hidden_size": width,
        "vocab_size": vocabulary,
        "parameters": sum(p.numel() for p in model.parameters()),
        "trainable_parameters": sum(p.numel() for p in model.parameters() if p.requires_grad),
    }
