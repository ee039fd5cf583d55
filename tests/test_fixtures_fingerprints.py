"""`Dataset.map` with a tokenizer: no vocabulary is hashed, nothing else changes."""

from __future__ import annotations

from functools import cache
from typing import Any

from course_helpers import run_python

SCRIPT = """
import copy, json, os, pickle
from datasets import Dataset, DatasetDict
from datasets.fingerprint import Hasher
from datasets.utils._dill import dumps
from grader.worker import fixtures
from grader.worker.fingerprints import number_tokenizers
from grader.worker.fixture_tokenizers import tokenizer
from transformers import AutoTokenizer

number_tokenizers()
BERT = "distilbert/distilbert-base-cased"
rows = Dataset.from_dict({"text": ["Hello, how are you?", "A film."], "label": [1, 0]})
facts = {}
for name in ("bert", "gpt2"):
    made = tokenizer(name)
    made(["a b", "c"], padding=True, truncation=True)  # leaves settings in the backend
    settings = made.backend_tokenizer.padding, made.backend_tokenizer.truncation
    size = len(dumps(lambda batch: made(batch["text"])))
    one, other = Hasher.hash(made), Hasher.hash(made)
    kept = settings == (made.backend_tokenizer.padding, made.backend_tokenizer.truncation)
    mapped = DatasetDict(a=rows).map(lambda batch: made(batch["text"]), batched=True)
    facts[name] = {
        "size": size,
        "anew": one != other,
        "settings": kept,
        "ids": mapped["a"]["input_ids"][:] == made(rows["text"][:])["input_ids"],
        "pickled": pickle.loads(pickle.dumps(made))("A b")["input_ids"] == made("A b")["input_ids"],
        "copied": copy.deepcopy(made)("A b")["input_ids"] == made("A b")["input_ids"],
    }
own = AutoTokenizer.from_pretrained(BERT)
facts["own"] = len(dumps({"one": own, "again": own}))
facts["plain"] = Hasher.hash([1, "a"]) == Hasher.hash([1, "a"])

fixtures.use_scratch(os.environ["SCRATCH"])
from datasets import load_dataset
few = load_dataset("stanfordnlp/imdb", split="train").select(range(3))
bert = tokenizer("bert")
lengths = []
for limit in (8, 5):  # the same function on the same file: a name of the result must not recur
    bert.model_max_length = limit
    cut = few.map(lambda row: bert(row["text"], truncation=True))
    lengths.append(len(cut[0]["input_ids"]))
facts["from a file"] = lengths
print(json.dumps(facts))
"""


@cache
def found() -> Any:
    return run_python(SCRIPT)


def test_a_tokenizer_hashes_to_a_number_not_to_its_vocabulary():
    assert max(found()[name]["size"] for name in ("bert", "gpt2")) < 2000
    assert found()["own"] < 2000


def test_a_tokenizer_never_finds_an_earlier_result():
    assert found()["bert"]["anew"]
    assert found()["gpt2"]["anew"]
    assert found()["from a file"] == [8, 5]


def test_the_tokenizer_itself_its_pickle_and_its_copy_are_as_before():
    for name in ("bert", "gpt2"):
        facts = found()[name]
        assert [facts[key] for key in ("settings", "ids", "pickled", "copied")] == [True] * 4


def test_anything_else_still_hashes_to_its_value():
    assert found()["plain"]
