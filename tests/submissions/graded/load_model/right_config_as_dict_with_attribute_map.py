from transformers import AutoModel, AutoTokenizer


def load_tokenizer(model_name):
    tokenizer = AutoTokenizer.from_pretrained(model_name)
    return tokenizer


def load_base_model(model_name):
    model = AutoModel.from_pretrained(model_name, output_loading_info=True)[0]
    for module in model.modules():
        module.training = False
    return model


def describe(model):
    raw = model.config.to_dict()
    renamed = model.config.attribute_map

    def read(name):
        return raw[renamed.get(name, name)]

    seen = {}
    for p in model.parameters():
        seen[id(p)] = p
    return {
        "layers": read("num_hidden_layers"),
        "heads": read("num_attention_heads"),
        "hidden_size": read("hidden_size"),
        "vocab_size": read("vocab_size"),
        "parameters": sum(p.numel() for p in seen.values()),
        "trainable_parameters": sum(p.numel() for p in seen.values() if p.requires_grad),
    }
