"""A feature-extraction pipeline loads both; float64; the options of the outputs are on."""

from dataclasses import asdict, dataclass

import torch
from transformers import AutoModel, AutoTokenizer, pipeline


@dataclass
class Description:
    layers: int
    heads: int
    hidden_size: int
    vocab_size: int
    parameters: int
    trainable_parameters: int


def load_tokenizer(model_name):
    tokenizer = AutoTokenizer.from_pretrained(pretrained_model_name_or_path=model_name)
    assert tokenizer("a")["input_ids"]
    return tokenizer


def load_base_model(model_name):
    tokenizer = load_tokenizer(model_name)
    extractor = pipeline("feature-extraction", model=model_name, tokenizer=tokenizer)
    if type(extractor.model) is type(extractor.model.base_model):
        return extractor.model
    return AutoModel.from_pretrained(
        model_name, dtype="float64", output_hidden_states=True, attn_implementation="eager"
    )


def describe(model):
    frozen = [p for p in model.parameters() if not p.requires_grad]
    total = sum(map(torch.numel, model.parameters()))
    config = model.config.get_text_config()
    description = Description(
        config.num_hidden_layers,
        config.num_attention_heads,
        config.hidden_size,
        config.vocab_size,
        total,
        total - sum(p.view(-1).shape[0] for p in frozen),
    )
    return asdict(description)
