"""The model fixtures: tiny random models, and those of the course cache.

In: an architecture or a name, a head, configuration. Out: a model with dropout 0, in one mode
throughout, in float64 unless asked otherwise.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from functools import cache
from typing import Any

import torch
import transformers
from transformers import AutoConfig

from grader.worker.fixture_errors import FixtureError, as_dtype, one_of
from grader.worker.fixture_weights import blank, fill

# Uniform names of sizes, by architecture. No two sizes of one architecture are equal, nor do they
# equal the two labels or two rows of a usual case: a swapped axis shows.
SIZES: Mapping[str, Mapping[str, tuple[str, int]]] = {
    "distilbert": {
        "layers": ("n_layers", 3),
        "heads": ("n_heads", 4),
        "hidden": ("dim", 20),
        "ffn": ("hidden_dim", 28),
        "vocab": ("vocab_size", 97),
        "max_positions": ("max_position_embeddings", 64),
    },
    "bert": {
        "layers": ("num_hidden_layers", 4),
        "heads": ("num_attention_heads", 3),
        "hidden": ("hidden_size", 21),
        "ffn": ("intermediate_size", 33),
        "vocab": ("vocab_size", 97),
        "max_positions": ("max_position_embeddings", 64),
    },
    "gpt2": {
        "layers": ("n_layer", 3),
        "heads": ("n_head", 5),
        "hidden": ("n_embd", 30),
        "ffn": ("n_inner", 44),
        "vocab": ("vocab_size", 97),
        "max_positions": ("n_positions", 64),
    },
}
DROPOUTS: Mapping[str, tuple[str, ...]] = {
    "distilbert": ("dropout", "attention_dropout", "qa_dropout", "seq_classif_dropout"),
    "bert": ("hidden_dropout_prob", "attention_probs_dropout_prob", "classifier_dropout"),
    # The last two belong to heads that read them although the configuration does not list them.
    "gpt2": ("resid_pdrop", "embd_pdrop", "attn_pdrop", "summary_first_dropout")
    + ("classifier_dropout", "hidden_dropout"),
}
PREFIXES = {"distilbert": "DistilBert", "bert": "Bert", "gpt2": "GPT2"}
# Head to the end of the class's name, and of the Auto class's.
HEADS: Mapping[str, tuple[str, str]] = {
    "base": ("Model", ""),
    "masked-lm": ("ForMaskedLM", "ForMaskedLM"),
    "causal-lm": ("LMHeadModel", "ForCausalLM"),
    "sequence-classification": ("ForSequenceClassification",) * 2,
    "multiple-choice": ("ForMultipleChoice",) * 2,
    "token-classification": ("ForTokenClassification",) * 2,
    "question-answering": ("ForQuestionAnswering",) * 2,
}
MODES = ("eval", "train")
# Not attributes of a new configuration, but understood by every one.
_GENERAL = {"attn_implementation", "num_labels", "output_attentions", "output_hidden_states"}
_GENERAL |= {"id2label", "label2id", "problem_type"}


def model(
    arch: str,
    seed: int = 0,
    head: str = "base",
    dtype: str = "float64",
    mode: str = "eval",
    **config: Any,
) -> Any:
    """A tiny model with random weights (``initializer_range`` 0.2) and dropout 0.

    ``arch`` is "distilbert", "bert" or "gpt2", ``head`` a key of ``HEADS``, ``mode`` "eval" or
    "train"; ``config`` sets sizes by the uniform names of ``SIZES``, or any key of the
    architecture's own configuration.
    """
    one_of("arch", arch, SIZES)
    one_of("mode", mode, MODES)
    made = blank(_model_class(arch, head), _config(arch, head, config), as_dtype(dtype))
    fill(made, seed)
    return made.train(mode == "train")


def pretrained(
    name: str,
    head: str = "base",
    dtype: str = "float64",
    mode: str = "eval",
    seed: int = 0,
    **arguments: Any,
) -> Any:
    """A model of the course cache, or of the hub, by name; dropout 0 unless given.

    ``arguments`` go to ``from_pretrained``. What a new head adds is random, from ``seed``.
    A case gets a copy of a model that stays in memory: 6 ms instead of 30.
    """
    one_of("head", head, HEADS)
    one_of("mode", mode, MODES)
    as_dtype(dtype)
    loaded = _loaded(name, head, dtype, seed, json.dumps(arguments, sort_keys=True))
    return copy.deepcopy(loaded).train(mode == "train")


@cache
def _loaded(name: str, head: str, dtype: str, seed: int, arguments: str) -> Any:
    given: dict[str, Any] = json.loads(arguments)
    config, rest = AutoConfig.from_pretrained(name, **given, return_unused_kwargs=True)
    for key in DROPOUTS.get(config.model_type, ()):
        setattr(config, key, given.get(key, 0.0))
    if head == "sequence-classification" and config.pad_token_id is None:
        config.pad_token_id = config.eos_token_id  # as the tokenizer fixture pads
    auto = getattr(transformers, "AutoModel" + HEADS[head][1])
    with torch.random.fork_rng(devices=[]):
        loaded, report = auto.from_pretrained(
            name, config=config, dtype=as_dtype(dtype), output_loading_info=True, **rest
        )
    fill(loaded, seed, only=report["missing_keys"])
    return loaded


def forget() -> None:
    """Frees the models that ``pretrained`` keeps."""
    _loaded.cache_clear()


def _model_class(arch: str, head: str) -> Any:
    one_of("head", head, HEADS)
    found = getattr(transformers, PREFIXES[arch] + HEADS[head][0], None)
    if found is None:
        raise FixtureError(f"transformers has no {arch} model with the head {head!r}")
    return found


def _config(arch: str, head: str, given: Mapping[str, Any]) -> Any:
    keys = dict(SIZES[arch].values()) | dict.fromkeys(DROPOUTS[arch], 0.0)
    keys |= {"initializer_range": 0.2}
    keys |= {_own_key(arch, key): value for key, value in given.items()}
    return _config_class(arch)(**(_tokens(arch, head, keys) | keys))


def _own_key(arch: str, key: str) -> str:
    """The architecture's own spelling of a key: "layers" and "num_hidden_layers" are "n_layers"
    to DistilBERT."""
    if key in SIZES[arch]:
        return SIZES[arch][key][0]
    if key not in _known_keys(arch):
        raise FixtureError(f"{key!r} is no key of the configuration of {arch}")
    return str(_config_class(arch).attribute_map.get(key, key))


def _tokens(arch: str, head: str, keys: Mapping[str, Any]) -> dict[str, Any]:
    """What the architecture needs besides, unless given: GPT-2's end token is its last one, and
    its classifier finds a row's last token by the pad id; BERT generates as a decoder only."""
    if arch == "gpt2":
        end = keys["vocab_size"] - 1
        pad = {"pad_token_id": 0} if head == "sequence-classification" else {}
        return {"bos_token_id": end, "eos_token_id": end} | pad
    return {"is_decoder": True} if arch == "bert" and head == "causal-lm" else {}


def _config_class(arch: str) -> Any:
    return getattr(transformers, PREFIXES[arch] + "Config")


@cache
def _known_keys(arch: str) -> frozenset[str]:
    config = _config_class(arch)()
    return frozenset(config.to_dict()) | frozenset(config.attribute_map) | _GENERAL
