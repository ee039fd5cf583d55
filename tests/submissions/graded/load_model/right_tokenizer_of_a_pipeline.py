"""Topic 1: load a tokenizer and a model by name, and read what kind of model it is.

In: a name that `from_pretrained` knows, or a model. Out: the tokenizer, the base model, and a
model's sizes as a dict.
"""

from transformers import AutoModel, AutoTokenizer, PreTrainedModel, PreTrainedTokenizerBase


def load_tokenizer(model_name: str) -> PreTrainedTokenizerBase:
    """Load the tokenizer that belongs to a model.

    Args:
        model_name: a name on the hub, as "distilbert/distilbert-base-cased" or "distilgpt2", or
            the path of a folder that `save_pretrained` wrote.

    Returns:
        The tokenizer, ready to be called on a text.

    Hints:
        1. Each architecture has a tokenizer class of its own. Which class finds the right one
           from the name?
        2. Load it for two names and print `type(tokenizer)`.
        3. Everything that has to be known comes with the name: pass nothing but that.
    """
    from transformers import pipeline
    return pipeline("feature-extraction", model=model_name).tokenizer


def load_base_model(model_name: str) -> PreTrainedModel:
    """Load a base model: pretrained weights, no task head, evaluation mode.

    Args:
        model_name: as for `load_tokenizer`. The model may be of any architecture, and the folder
            may hold a model with a task head, of which the base model is wanted.

    Returns:
        The model. It turns ids into hidden states and knows no labels.

    Hints:
        1. The `Auto...` classes differ in the head that they put on top. One puts none.
        2. `from_config` makes a model of the right shape. Which method also loads the weights?
        3. Look at `model.training` of what you return. Which mode uses dropout?
    """
    return AutoModel.from_pretrained(model_name)


def describe(model: PreTrainedModel) -> dict[str, int]:
    """Return a model's sizes.

    Args:
        model: any model of transformers, with or without a task head. Some of its parameters may
            be frozen, and some may be shared by two layers.

    Returns:
        A dict with exactly these keys; all the values are of type int:
        `layers`: how many Transformer layers there are;
        `heads`: how many attention heads each layer has;
        `hidden_size`: the length of one hidden state;
        `vocab_size`: the number of entries of the vocabulary;
        `parameters`: how many numbers the model holds as parameters, the head's among them; those
            that two layers share count once;
        `trainable_parameters`: how many of these are not frozen.

    Hints:
        1. Print `model.config` for DistilBERT and for GPT-2. The names differ.
        2. Then try DistilBERT's config with BERT's names. The library knows the common ones.
        3. `model.parameters()` gives tensors. How many numbers does a tensor hold?
        4. What does a frozen parameter look like? It has one attribute that says so.
    """
    config = model.config
    return {
        "layers": config.num_hidden_layers,
        "heads": config.num_attention_heads,
        "hidden_size": config.hidden_size,
        "vocab_size": config.vocab_size,
        "parameters": sum(p.numel() for p in model.parameters()),
        "trainable_parameters": sum(p.numel() for p in model.parameters() if p.requires_grad),
    }
