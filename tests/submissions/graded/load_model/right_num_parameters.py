"""Topic 1, by the library's own helpers."""
from __future__ import annotations

from transformers import AutoModel, AutoTokenizer, PreTrainedModel, PreTrainedTokenizerBase


def load_tokenizer(model_name: str) -> PreTrainedTokenizerBase:
    return AutoTokenizer.from_pretrained(model_name, use_fast=True)


def load_base_model(model_name: str) -> PreTrainedModel:
    return AutoModel.from_pretrained(model_name).train(False)


def describe(model: PreTrainedModel) -> dict[str, int]:
    embedding = model.get_input_embeddings()
    return dict(
        layers=model.config.num_hidden_layers,
        heads=model.config.num_attention_heads,
        hidden_size=model.config.hidden_size,
        vocab_size=embedding.num_embeddings,
        parameters=model.num_parameters(),
        trainable_parameters=model.num_parameters(only_trainable=True),
    )
