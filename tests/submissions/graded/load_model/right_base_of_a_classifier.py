from transformers import AutoModelForSequenceClassification, AutoTokenizer


def load_tokenizer(model_name):
    return AutoTokenizer.from_pretrained(pretrained_model_name_or_path=model_name)


def load_base_model(model_name):
    # load with a head, then take the encoder out of it
    with_head = AutoModelForSequenceClassification.from_pretrained(model_name)
    base = with_head.base_model
    base.eval()
    return base


def describe(model):
    total = trainable = 0
    for parameter in model.parameters():
        total += parameter.nelement()
        trainable += parameter.nelement() * parameter.requires_grad
    c = model.config
    keys = ["layers", "heads", "hidden_size", "vocab_size", "parameters", "trainable_parameters"]
    values = [
        c.num_hidden_layers,
        c.num_attention_heads,
        c.hidden_size,
        c.vocab_size,
        total,
        trainable,
    ]
    return dict(zip(keys, values))
