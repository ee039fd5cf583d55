"""Loads the state by hand into a model made from the config; filters and lambdas."""

from functools import reduce

from transformers import AutoConfig, AutoModel, AutoTokenizer


def load_tokenizer(model_name="distilbert/distilbert-base-cased", **options):
    return AutoTokenizer.from_pretrained(model_name, **options)


def load_base_model(model_name="distilbert/distilbert-base-cased"):
    config = AutoConfig.from_pretrained(model_name)
    model = AutoModel.from_config(config)
    loaded = AutoModel.from_pretrained(model_name, output_loading_info=True)[0]
    model.load_state_dict(loaded.state_dict())
    return model.requires_grad_(False).eval()


def describe(model):
    training = filter(lambda parameter: parameter.requires_grad, model.parameters())
    keys = ("num_hidden_layers", "num_attention_heads", "hidden_size", "vocab_size")
    values = [model.config.__getattribute__(key) for key in keys]
    values.append(reduce(lambda total, parameter: total + parameter.numel(), model.parameters(), 0))
    values.append(reduce(lambda total, parameter: total + parameter.numel(), training, 0))
    names = ("layers", "heads", "hidden_size", "vocab_size", "parameters", "trainable_parameters")
    return dict(zip(names, values, strict=True))
