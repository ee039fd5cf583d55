import copy
import functools

from transformers import AutoModel, AutoTokenizer


@functools.lru_cache(maxsize=None)
def _tokenizer(name):
    return AutoTokenizer.from_pretrained(name)


@functools.lru_cache(maxsize=None)
def _model(name):
    return AutoModel.from_pretrained(name)


def load_tokenizer(model_name):
    return copy.deepcopy(_tokenizer(model_name))


def load_base_model(model_name):
    """A copy, so that nobody trains the cached one."""
    model = copy.deepcopy(_model(model_name))
    return model.eval()


def describe(model):
    trainable, frozen = 0, 0
    for p in model.parameters():
        if p.requires_grad:
            trainable += p.numel()
        else:
            frozen += p.numel()
    return {
        "layers": model.config.num_hidden_layers,
        "heads": model.config.num_attention_heads,
        "hidden_size": model.config.hidden_size,
        "vocab_size": model.config.vocab_size,
        "parameters": trainable + frozen,
        "trainable_parameters": trainable,
    }


if __name__ == "__main__":
    print(describe(load_base_model("distilgpt2")))
