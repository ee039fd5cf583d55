from transformers import AutoConfig, AutoModel, AutoTokenizer

NAMES = {
    "layers": ("n_layers", "n_layer", "num_layers", "num_hidden_layers"),
    "heads": ("n_heads", "n_head", "num_heads", "num_attention_heads"),
    "hidden_size": ("dim", "n_embd", "d_model", "hidden_size"),
    "vocab_size": ("vocab_size",),
}


def load_tokenizer(model_name):
    config = AutoConfig.from_pretrained(model_name)
    return AutoTokenizer.from_pretrained(model_name, config=config)


def load_base_model(model_name):
    config = AutoConfig.from_pretrained(model_name)
    return AutoModel.from_pretrained(model_name, config=config).eval()


def describe(model):
    result = {}
    for key, candidates in NAMES.items():
        for candidate in candidates:
            value = getattr(model.config, candidate, None)
            if value is not None:
                result[key] = int(value)
                break
    sizes = [(p.numel(), p.requires_grad) for _, p in model.named_parameters()]
    result["parameters"] = sum(n for n, _ in sizes)
    result["trainable_parameters"] = sum(n for n, on in sizes if on)
    return result
