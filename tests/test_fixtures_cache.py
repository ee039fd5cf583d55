"""The fixtures that come from the course cache: pretrained models and tokenizers."""

from __future__ import annotations

from functools import cache
from typing import Any

from course_helpers import run_python

MODELS = """
import json, torch
from grader.model import Fixture
from grader.worker.fixtures import build
from transformers import AutoModel

BERT, GPT2 = "distilbert/distilbert-base-cased", "distilgpt2"

def make(name, **arguments):
    return build(Fixture("pretrained", {"name": name, **arguments}), None)

def same(one, other):
    ours, theirs = one.state_dict(), other.state_dict()
    return list(ours) == list(theirs) and all(torch.equal(ours[key], theirs[key]) for key in ours)

before = torch.get_rng_state()
base = make(BERT)
classifiers = [make(BERT, head="sequence-classification", num_labels=3) for _ in range(2)]
facts = {"untouched": torch.equal(before, torch.get_rng_state())}
facts["base"] = [type(base).__name__, str(base.dtype), base.training]
facts["weights"] = same(base.float(), AutoModel.from_pretrained(BERT))
with torch.no_grad():
    for parameter in base.parameters():
        parameter.zero_()
facts["anew"] = not same(base, make(BERT))
facts["classifiers"] = same(*classifiers)
other = make(BERT, head="sequence-classification", num_labels=3, seed=1)
facts["head"] = [
    classifiers[0].classifier.weight.shape[0],
    bool((classifiers[0].classifier.weight != other.classifier.weight).all()),
    torch.equal(classifiers[0].distilbert.transformer.layer[0].ffn.lin1.weight,
                other.distilbert.transformer.layer[0].ffn.lin1.weight),
    classifiers[0].classifier.weight.std().item(),
]
trained = [
    make(BERT, mode="train"), make(GPT2, mode="train", head="token-classification"),
    make("bert-base-cased", mode="train", head="multiple-choice"),
    make(GPT2, mode="train", head="sequence-classification"),
]
drops = [part.p for one in trained for part in one.modules()
         if isinstance(part, torch.nn.Dropout)]
facts["dropout"] = [sorted(set(drops)), all(one.training for one in trained)]
facts["asked dropout"] = make(BERT, dropout=0.5).config.dropout
facts["pad"] = [trained[3].config.pad_token_id, make(GPT2).config.pad_token_id]
facts["eager"] = make(BERT, attn_implementation="eager").config._attn_implementation
facts["single"] = str(make(GPT2, head="causal-lm", dtype="float32").dtype)
try:
    make("no/such-model")
except Exception as error:
    facts["unknown"] = f"{type(error).__name__}: {error}"
print(json.dumps(facts))
"""

TOKENIZERS = """
import json, random
from grader.model import Fixture
from grader.worker.fixtures import build
from transformers import AutoTokenizer

def make(name):
    return build(Fixture("tokenizer", {"name": name}), None)

BERT = "distilbert/distilbert-base-cased"
texts = ["Hello, how are you?", "a b", "Die Donau: naïve café, 3½ km… 你好! [MASK] <|endoftext|>"]
facts = {}
for short, name in (("bert", BERT), ("gpt2", "distilgpt2")):
    plain, made = AutoTokenizer.from_pretrained(name), make(short)
    facts[short] = {
        "same ids": made(texts)["input_ids"] == plain(texts)["input_ids"],
        "same text": made.batch_decode(made(texts)["input_ids"])
        == plain.batch_decode(plain(texts)["input_ids"]),
        "class": type(made) is type(plain),
        "saved": made.backend_tokenizer.to_str() == plain.backend_tokenizer.to_str(),
        "pad": [made.pad_token, made.pad_token_id, made.padding_side],
        "length": [len(made), made.model_max_length],
        "padded": made(texts[:2], padding=True, return_tensors="pt")["attention_mask"].tolist(),
        "name": made.name_or_path,
    }
    made.add_tokens(["grader"])
    made.add_special_tokens({"pad_token": "<pad>"})
    made.padding_side, made.truncation_side, made.model_max_length = "left", "left", 3
    made(texts, padding="max_length", truncation=True)
    made.model_input_names.append("token_type_ids")
    again = make(short)
    facts[short]["anew"] = [
        len(again), again.pad_token, again.padding_side, again.truncation_side,
        again.model_max_length, again.model_input_names, again("grader")["input_ids"]
        == plain("grader")["input_ids"], again(texts)["input_ids"] == plain(texts)["input_ids"],
        len(made),
    ]
facts["type ids"] = "token_type_ids" in make("bert-base-cased")("a")
print(json.dumps(facts))
"""


@cache
def models() -> Any:
    return run_python(MODELS)


@cache
def tokenizers() -> Any:
    return run_python(TOKENIZERS)


def test_a_pretrained_model_is_the_cache_s_in_float64_and_evaluation_mode():
    assert models()["base"] == ["DistilBertModel", "torch.float64", False]
    assert models()["weights"]
    assert models()["single"] == "torch.float32"


def test_a_case_s_changes_do_not_reach_the_next():
    assert models()["anew"]


def test_a_new_head_is_of_its_seed_and_the_encoder_is_not():
    assert models()["classifiers"]
    labels, differs, encoder, spread = models()["head"]
    assert (labels, differs, encoder) == (3, True, True)
    assert 0.1 < spread < 0.3


def test_loading_draws_nothing_from_the_global_generator():
    assert models()["untouched"]


def test_dropout_is_off_unless_asked_for():
    assert models()["dropout"] == [[0.0], True]
    assert models()["asked dropout"] == 0.5


def test_arguments_reach_from_pretrained():
    assert models()["eager"] == "eager"


def test_gpt2_as_a_classifier_pads_as_its_tokenizer_does():
    assert models()["pad"] == [50256, None]


def test_an_unknown_name_is_a_fixture_error():
    assert models()["unknown"].startswith("FixtureError: the fixture pretrained(")
    assert "no/such-model" in models()["unknown"]


def test_a_tokenizer_is_the_one_that_is_loaded_by_name():
    for facts in (tokenizers()["bert"], tokenizers()["gpt2"]):
        assert facts["same ids"]
        assert facts["same text"]
        assert facts["class"]
        assert facts["saved"]
    assert tokenizers()["bert"]["length"] == [28996, 512]
    assert tokenizers()["gpt2"]["length"] == [50257, 1024]
    assert tokenizers()["gpt2"]["name"] == "distilgpt2"
    assert tokenizers()["type ids"]


def test_a_tokenizer_has_a_pad_token_and_pads_on_the_right():
    assert tokenizers()["bert"]["pad"] == ["[PAD]", 0, "right"]
    assert tokenizers()["gpt2"]["pad"] == ["<|endoftext|>", 50256, "right"]
    assert tokenizers()["gpt2"]["padded"] == [[1] * 6, [1, 1, 0, 0, 0, 0]]


def test_what_a_case_does_to_its_tokenizer_does_not_reach_the_next():
    names = ["input_ids", "attention_mask"]
    assert tokenizers()["bert"]["anew"] == [
        *(28996, "[PAD]", "right", "right", 512, names),
        *(True, True, 28998),
    ]
    assert tokenizers()["gpt2"]["anew"] == [
        *(50257, "<|endoftext|>", "right", "right", 1024, names),
        *(True, True, 50259),
    ]
