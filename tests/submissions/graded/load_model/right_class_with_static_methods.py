from collections import OrderedDict

from transformers import AutoModel, AutoTokenizer


class Loader:
    """Everything for one model name."""

    def __init__(self, name):
        self.name = name

    def tokenizer(self):
        return AutoTokenizer.from_pretrained(self.name)

    def model(self):
        return AutoModel.from_pretrained(self.name, attn_implementation="eager").eval()


class Description:
    def __init__(self, model):
        self.config = model.config
        self.model = model

    @staticmethod
    def count(parameters):
        return sum(map(lambda p: p.numel(), parameters))

    def as_dict(self):
        return OrderedDict(
            [
                ("layers", self.config.num_hidden_layers),
                ("heads", self.config.num_attention_heads),
                ("hidden_size", self.config.hidden_size),
                ("vocab_size", self.config.vocab_size),
                ("parameters", self.count(self.model.parameters())),
                (
                    "trainable_parameters",
                    self.count(filter(lambda p: p.requires_grad, self.model.parameters())),
                ),
            ]
        )


def load_tokenizer(model_name):
    return Loader(model_name).tokenizer()


def load_base_model(model_name):
    return Loader(model_name).model()


def describe(model):
    return Description(model).as_dict()
