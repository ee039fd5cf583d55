"""The tiny random models: their sizes, weights, modes and heads."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
import torch

from grader.model import Fixture
from grader.worker.fixture_models import SIZES, model
from grader.worker.fixtures import build

ARCHS = ("distilbert", "bert", "gpt2")
CLASSES = {
    ("distilbert", "base"): "DistilBertModel",
    ("distilbert", "masked-lm"): "DistilBertForMaskedLM",
    ("distilbert", "sequence-classification"): "DistilBertForSequenceClassification",
    ("distilbert", "multiple-choice"): "DistilBertForMultipleChoice",
    ("distilbert", "token-classification"): "DistilBertForTokenClassification",
    ("distilbert", "question-answering"): "DistilBertForQuestionAnswering",
    ("bert", "base"): "BertModel",
    ("bert", "masked-lm"): "BertForMaskedLM",
    ("bert", "causal-lm"): "BertLMHeadModel",
    ("bert", "sequence-classification"): "BertForSequenceClassification",
    ("bert", "multiple-choice"): "BertForMultipleChoice",
    ("bert", "token-classification"): "BertForTokenClassification",
    ("bert", "question-answering"): "BertForQuestionAnswering",
    ("gpt2", "base"): "GPT2Model",
    ("gpt2", "causal-lm"): "GPT2LMHeadModel",
    ("gpt2", "sequence-classification"): "GPT2ForSequenceClassification",
    ("gpt2", "token-classification"): "GPT2ForTokenClassification",
    ("gpt2", "question-answering"): "GPT2ForQuestionAnswering",
}
ROWS = {"rows": [[5, 61, 7, 8, 9], [5, 17, 9]]}


def _batch() -> Any:
    return build(Fixture("batch", ROWS), None)


@pytest.mark.parametrize(("arch", "head"), CLASSES)
def test_every_head_is_its_class_in_evaluation_mode_without_dropout(arch: str, head: str):
    made = model(arch, head=head)
    assert type(made).__name__ == CLASSES[arch, head]
    assert made.dtype == torch.float64
    assert not any(module.training for module in made.modules())
    dropouts = [part for part in made.modules() if isinstance(part, torch.nn.Dropout)]
    assert {part.p for part in dropouts} <= {0.0}
    assert all(value.isfinite().all() for value in made.state_dict().values())


@pytest.mark.parametrize(("arch", "head"), CLASSES)
def test_training_mode_computes_what_evaluation_does(arch: str, head: str):
    batch = _batch()
    if head == "multiple-choice":
        batch = {key: value.unsqueeze(0) for key, value in batch.items()}
    training = model(arch, head=head, mode="train")
    assert all(module.training for module in training.modules())
    for first, second in zip(training(**batch), model(arch, head=head)(**batch), strict=True):
        if isinstance(first, torch.Tensor):
            assert torch.equal(first, second)


@pytest.mark.parametrize("arch", ARCHS)
def test_sizes_differ_pairwise_and_are_the_config_s(arch: str):
    sizes = {name: size for name, (_, size) in SIZES[arch].items()}
    sizes["head width"] = sizes["hidden"] // sizes["heads"]
    assert len(set(sizes.values()) | {2}) == len(sizes) + 1
    config = model(arch).config
    assert (config.num_hidden_layers, config.hidden_size) == (sizes["layers"], sizes["hidden"])
    assert (config.num_attention_heads, config.vocab_size) == (sizes["heads"], sizes["vocab"])
    assert config.max_position_embeddings == sizes["max_positions"]


@pytest.mark.parametrize("arch", ARCHS)
def test_uniform_names_and_own_keys_set_the_configuration(arch: str):
    made = model(arch, layers=1, heads=2, hidden=8, ffn=12, vocab=50, max_positions=16)
    config = made.config
    assert (config.num_hidden_layers, config.num_attention_heads) == (1, 2)
    assert (config.hidden_size, config.vocab_size, config.max_position_embeddings) == (8, 50, 16)
    assert 12 in {size for parameter in made.parameters() for size in parameter.shape}
    made = model(arch, num_hidden_layers=1, attn_implementation="eager", output_attentions=True)
    assert made.config.num_hidden_layers == 1
    assert len(made(**_batch()).attentions) == 1
    assert model(arch, head="sequence-classification", num_labels=5).config.num_labels == 5


@pytest.mark.parametrize("arch", ARCHS)
def test_the_seed_decides_the_weights(arch: str):
    def weights(seed: int) -> dict[str, Any]:
        return model(arch, seed=seed, head="sequence-classification").state_dict()

    torch.manual_seed(1)
    first = weights(3)
    torch.manual_seed(2)
    again, other = weights(3), weights(4)
    assert all(torch.equal(first[name], again[name]) for name in first)
    matrices = [
        name for name, value in first.items() if value.dim() > 1 and value.is_floating_point()
    ]
    assert matrices
    assert not any(torch.equal(first[name], other[name]) for name in matrices)
    assert all(0.1 < first[name].std() < 0.3 for name in matrices)


def test_two_dtypes_of_a_seed_are_the_same_weights():
    double, single = model("bert", seed=2), model("bert", seed=2, dtype="float32")
    assert single.dtype == torch.float32
    for one, other in zip(double.parameters(), single.parameters(), strict=True):
        assert torch.equal(one.float(), other)
    assert torch.get_default_dtype() == torch.float32


def test_tied_embeddings_are_tied():
    made = model("gpt2", head="causal-lm")
    assert made.lm_head.weight is made.transformer.wte.weight
    made = model("distilbert", head="masked-lm")
    assert made.vocab_projector.weight is made.distilbert.embeddings.word_embeddings.weight


@pytest.mark.parametrize("arch", ARCHS)
def test_the_mask_matters(arch: str):
    made, batch = model(arch, head="token-classification"), _batch()
    logits = made(**batch).logits
    batch["attention_mask"] = batch["attention_mask"].flip(1)
    assert (made(**batch).logits - logits).abs().max() > 0.1


@pytest.mark.parametrize("arch", ARCHS)
def test_a_classifier_takes_a_padded_batch_and_learns(arch: str):
    made = model(arch, head="sequence-classification", mode="train")
    loss = made(**_batch(), labels=torch.tensor([0, 1])).loss
    loss.backward()
    assert loss.dtype == torch.float64
    assert all(p.grad is not None for n, p in made.named_parameters() if "score" in n or "pre" in n)


def test_gpt2_generates_greedily_and_ends_within_its_vocabulary():
    made = model("gpt2", head="causal-lm", vocab=53)
    assert made.generation_config.eos_token_id == 52
    assert not made.generation_config.do_sample
    runs = [made.generate(**_short(), max_new_tokens=5, pad_token_id=0) for _ in range(2)]
    assert torch.equal(*runs)


def _short() -> Any:
    return build(Fixture("batch", {"rows": [[5, 6, 7]]}), None)


def test_no_two_architectures_have_the_same_sizes():
    shapes = [{size for _, size in SIZES[arch].values()} - {97, 64} for arch in ARCHS]
    for one, other in itertools.combinations(shapes, 2):
        assert len(one & other) <= 2
