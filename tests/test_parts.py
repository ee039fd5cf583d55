"""Which parts of the libraries a text needs, and that a topic's own texts need no more."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

import pytest
from course_helpers import run_python
from submission_helpers import notebook

from grader.session import find_reference, parts_of
from grader.spec import load_assignment
from grader.submission import Reader
from grader.worker.parts import (
    ALL,
    DATASETS,
    DRAWING,
    GPT2,
    GPT2_TOKENIZER,
    MODELS,
    TRAINER,
    parts_in,
)

TOPICS = load_assignment(find_reference(None), "s", ()).topics
FOR_TRAINER = {MODELS, DATASETS, TRAINER}


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("from transformers import AutoModel", {MODELS}),
        ("from transformers import (\n    AutoTokenizer,  # one\n    AutoModel,\n)", {MODELS}),
        ("import transformers as t\nx = t.x\ny = transformers.BertForMaskedLM(x)", {MODELS}),
        ("from transformers import pipeline", {MODELS}),
        ("import os; import datasets", {DATASETS}),
        ("try: import datasets\nexcept ImportError: pass", {DATASETS}),
        ("x = __import__('data' + 'sets')", {DATASETS}),
        ("def f():\n\tfrom transformers import Trainer", FOR_TRAINER),
        ("import matplotlib.pyplot as plt", {DRAWING}),
        ("from matplotlib import pyplot", {DRAWING}),
        ("from transformers import GPT2TokenizerFast", {GPT2_TOKENIZER}),
        ('NAME = "distilgpt2"', {GPT2_TOKENIZER, GPT2}),
        ("from transformers import *", ALL),
        ("from transformers import (*)", ALL),
    ],
)
def test_what_is_imported_shows(text: str, parts: set[str]):
    assert parts_in([text]) == parts


@pytest.mark.parametrize(
    "text",
    [
        "",
        "import torch\nfrom transformers import AutoTokenizer, DataCollatorWithPadding",
        "# Trainer and AutoModel do that, as import datasets would.",
        '"""Without Trainer, matplotlib or transformers\' models."""\nmodel = dataset = None',
        "from torch.utils.data import DataLoader, Dataset",
        "\0 import ( from",
    ],
)
def test_what_is_only_spoken_of_does_not(text: str):
    assert parts_in([text]) == set()


@pytest.mark.parametrize(
    "unit",
    [
        "from a import (",
        "from a import (\n",
        "from transformers import (\t\n ",
        "from " + 40 * " ",
        "; from a import ",
        "transformers import" + 99 * " ",
        "transformers.",
        "import ",
        ":;",
        " \t",
        "'distilbert/",
    ],
)
@pytest.mark.parametrize("between", ["", "\n"])
def test_no_text_takes_long(unit: str, between: str):
    """Quadratic, it would be hours."""
    assert parts_in([between.join([unit] * (2_000_000 // len(unit)))]) == set()


def test_a_notebooks_text_needs_what_its_cells_do():
    cells = ["import torch\nfrom transformers import AutoTokenizer", "from datasets import Dataset"]
    with Reader() as reader:
        texts = [
            reader.notebook("t", "solution.ipynb", notebook(*some), ()).text
            for some in (cells[:1], cells)
        ]
    assert "__import__('sys')" in texts[0], "what guards a statement is no import to look at"
    assert [parts_in([text]) for text in texts] == [set(), {DATASETS}]


def test_several_texts_need_what_each_of_them_does():
    assert parts_in(["import datasets", "", "import matplotlib"]) == {DATASETS, DRAWING}
    assert parts_in([]) == set()


def test_topics_need_what_they_are_about():
    found = {topic.name: parts_of(topic) for topic in TOPICS}
    assert found["pad_batch"] == {GPT2_TOKENIZER}
    assert found["attention_plot"] == {DRAWING}
    assert found["training_loop"] >= {MODELS}
    assert found["prepare_dataset"] & {MODELS, DATASETS} == {DATASETS}
    assert found["trainer"] >= FOR_TRAINER
    assert found["generate"] >= {MODELS, GPT2}
    assert [name for name, parts in found.items() if parts >= FOR_TRAINER] == ["trainer"]


def by_parts() -> dict[tuple[str, ...], dict[str, str]]:
    """The topics' own texts that students' solutions are like, by what the topic needs."""
    found: dict[tuple[str, ...], dict[str, str]] = defaultdict(dict)
    for topic in TOPICS:
        texts = {"reference": topic.reference, "probes": topic.probes, **topic.rights}
        needed = tuple(sorted(parts_of(topic) & {MODELS, DATASETS, TRAINER, DRAWING}))
        found[needed] |= {f"{topic.name}, {name}": text for name, text in texts.items()}
    return found


@pytest.mark.parametrize(
    ("parts", "texts"), by_parts().items(), ids=[" ".join(key) or "core" for key in by_parts()]
)
def test_a_topics_own_texts_import_next_to_nothing_more(
    parts: tuple[str, ...], texts: dict[str, str], tmp_path: Path
):
    file = tmp_path / "texts.json"
    file.write_text(json.dumps(texts), encoding="utf-8")
    script = f"""
import json, sys
from grader.worker import preload
preload.import_all({{preload.CORE, *{parts!r}}})
new = {{}}
for name, text in json.load(open({str(file)!r}, encoding="utf-8")).items():
    before = set(sys.modules)
    exec(compile(text, name, "exec"), {{"__name__": "own"}})
    new[name] = sorted(set(sys.modules) - before)
print(json.dumps(new))
"""
    new = run_python(script)
    assert len(new) == len(texts)
    assert {name: modules for name, modules in new.items() if len(modules) > 10} == {}
