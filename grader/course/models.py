"""The tiny checkpoints: real architectures, real vocabularies, random weights from a seed.

In: a folder. Out: in it, what ``save_pretrained`` writes for one model and its tokenizer (float32
safetensors). Widths, depths and head counts differ from each other, so that a swapped axis shows.
A checkpoint is that of the model with its language-modelling head, as the lecture's are: the base
model and the head load from it, and only a new task's head is made up.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import (
    BertConfig,
    BertForPreTraining,
    BertTokenizer,
    DistilBertConfig,
    DistilBertForMaskedLM,
    DistilBertTokenizer,
    GenerationConfig,
    GPT2Config,
    GPT2LMHeadModel,
    GPT2Tokenizer,
)

from grader.course.vocabularies import byte_level_bpe, expect, wordpiece

# Ten times the usual: with 0.02 a forgotten attention mask would change logits by 1e-4 only.
INITIALIZER_RANGE = 0.2
HELLO = ("Hello, how are you?", [101, 8667, 117, 1293, 1132, 1128, 136, 102])
ONCE = ("Once upon a time", [7454, 2402, 257, 640])


def save_distilbert(folder: Path) -> None:
    """distilbert-base-cased: width 48, 3 layers, 4 heads, 512 positions."""
    # Its own tokenizer class, not BERT's: the lecture's batches have no token types.
    vocabulary = wordpiece()
    tokenizer = DistilBertTokenizer(vocab=vocabulary, do_lower_case=False, model_max_length=512)
    config = DistilBertConfig(
        vocab_size=len(vocabulary),
        dim=48,
        n_layers=3,
        n_heads=4,
        hidden_dim=80,
        initializer_range=INITIALIZER_RANGE,
    )
    _save(folder, DistilBertForMaskedLM(config), 1, tokenizer, HELLO)


def save_bert(folder: Path) -> None:
    """bert-base-cased: width 40, 2 layers, 5 heads, 512 positions."""
    vocabulary = wordpiece()
    tokenizer = BertTokenizer(vocab=vocabulary, do_lower_case=False, model_max_length=512)
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=40,
        num_hidden_layers=2,
        num_attention_heads=5,
        intermediate_size=72,
        initializer_range=INITIALIZER_RANGE,
    )
    _save(folder, BertForPreTraining(config), 2, tokenizer, HELLO)


def save_gpt2(folder: Path) -> None:
    """distilgpt2: width 48, 2 layers, 4 heads, 1,024 positions. As the real one, its tokenizer has
    no pad token, and it does not sample unless asked to."""
    vocabulary, merges = byte_level_bpe()
    tokenizer = GPT2Tokenizer(vocab=vocabulary, merges=merges, model_max_length=1024)
    config = GPT2Config(
        vocab_size=len(vocabulary),
        n_embd=48,
        n_layer=2,
        n_head=4,
        initializer_range=INITIALIZER_RANGE,
    )
    model = GPT2LMHeadModel(config)
    model.generation_config = GenerationConfig(bos_token_id=50256, eos_token_id=50256)
    _save(folder, model, 3, tokenizer, ONCE)


def _save(
    folder: Path, model: Any, seed: int, tokenizer: Any, example: tuple[str, list[int]]
) -> None:
    """Fills ``model`` from ``seed`` and writes both; ``example`` is a text and its ids."""
    text, ids = example
    # transformers ignores vocabulary arguments that it does not know, without a word.
    expect(f"entries of {type(tokenizer).__name__}", len(tokenizer), model.config.vocab_size)
    expect(f"ids of {text!r}", tokenizer(text)["input_ids"], ids)
    _fill(model, seed)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def _fill(model: Any, seed: int) -> None:
    """Matrices from a normal distribution; biases (0) and normalisation weights (1) stay as made.

    numpy draws in double precision, so the weights are the same on every machine; torch's depend
    on the processor's vector width.
    """
    rng = np.random.default_rng(seed)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.ndim > 1:
                drawn = rng.standard_normal(tuple(parameter.shape)) * INITIALIZER_RANGE
                parameter.copy_(torch.from_numpy(drawn))
