"""First calls: what honest students' code calls, called once in the warm process.

In: the parts of the libraries that are there. Out: a process in which they have done what they do
the first time only (choosing kernels, finding fonts, reading signatures, compiling patterns), and
everything else is as it was: random generators, environment variables, warnings already given,
accelerate's one state for all. Nothing is written to the disk, and nothing of a course's answers is
in it.
"""

from __future__ import annotations

import numbers
import os
import random
import sys
import warnings
from collections import abc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import numpy as np
import torch

from grader.worker.fixture_models import forget, model, pretrained
from grader.worker.fixture_tensors import batch, loader
from grader.worker.fixture_tokenizers import SHORT_NAMES, tokenizer
from grader.worker.parts import (
    CORE,
    DATASETS,
    DRAWING,
    GPT2,
    GPT2_TOKENIZER,
    MODELS,
    TRAINER,
)


def rehearse(before: frozenset[str], now: frozenset[str]) -> None:
    """To be called after all imports and before any fork, when the parts ``now`` are there, of
    which the process had ``before`` already."""
    with _as_it_was():
        for needed, first_call in _FIRST_CALLS:
            if needed <= now and not needed <= before:
                first_call()
    forget()
    if {MODELS, GPT2} <= now:
        # This one is kept: in huge pages its 15 MB cost a fork nothing, and to read it takes 100 ms
        pretrained("distilgpt2", head="causal-lm")
    _ask_what_values_are()  # last: an import may make abstract classes forget the answers


@contextmanager
def _as_it_was() -> Iterator[None]:
    states = random.getstate(), np.random.get_state(), torch.get_rng_state()
    variables = dict(os.environ)
    with warnings.catch_warnings():
        yield
    if "accelerate.state" in sys.modules:
        from accelerate.state import AcceleratorState, GradientState

        AcceleratorState._reset_state(reset_partial_state=True)
        GradientState._reset_state()
    os.environ.clear()
    os.environ.update(variables)
    random.setstate(states[0])
    np.random.set_state(states[1])
    torch.set_rng_state(states[2])


def _tokenize(short: str) -> None:
    tokenizer(short)(["a first call"])


def _load(name: str) -> None:
    """A checkpoint as the lecture loads it, in single precision; a fresh head, and a step."""
    from transformers import AutoModel, AutoModelForSequenceClassification, AutoTokenizer

    pretrained(name)
    inputs = AutoTokenizer.from_pretrained(name)("a first call", return_tensors="pt")
    told = {"output_attentions": True, "output_hidden_states": True, "attn_implementation": "eager"}
    with torch.no_grad():
        AutoModel.from_pretrained(name, **told)(**inputs)
    net = AutoModelForSequenceClassification.from_pretrained(name, num_labels=2)
    optimizer = torch.optim.AdamW(net.parameters(), lr=1e-3)
    net(**inputs, labels=torch.tensor([1])).loss.backward()
    optimizer.step()


def _train() -> None:
    """A step of training, as the course's own loops do it."""
    from transformers import get_linear_schedule_with_warmup

    for arch in ("distilbert", "bert", "gpt2"):
        net = model(arch, head="sequence-classification", mode="train")
        optimizer = torch.optim.AdamW(net.parameters(), lr=1e-3)
        scheduler: Any = get_linear_schedule_with_warmup(optimizer, 0, 2)
        net(**next(iter(loader()))).loss.backward()
        optimizer.step()
        scheduler.step()
        optimizer.zero_grad()


def _trainer() -> None:
    """An epoch with ``Trainer``, which saves and prints nothing."""
    from datasets import Dataset
    from transformers import DataCollatorWithPadding, PrinterCallback, Trainer, TrainingArguments

    columns = {"input_ids": [[5, 6], [7]], "attention_mask": [[1, 1], [1]], "labels": [0, 1]}
    rows = Dataset.from_dict(columns).with_format("torch")
    own = tokenizer("bert")
    trainer = Trainer(
        model=model("distilbert", head="sequence-classification"),
        args=TrainingArguments(
            output_dir=".",  # there is one already
            num_train_epochs=1,
            eval_strategy="epoch",
            save_strategy="no",
            report_to="none",
            disable_tqdm=True,
        ),
        train_dataset=rows,
        eval_dataset=rows,
        processing_class=own,
        data_collator=DataCollatorWithPadding(own),
        compute_metrics=lambda _: {"accuracy": 0.0},
    )
    trainer.remove_callback(PrinterCallback)
    trainer.train()


def _generate() -> None:
    net = model("gpt2", head="causal-lm")
    for sampling in ({"do_sample": False}, {"do_sample": True, "top_p": 0.9, "top_k": 0}):
        net.generate(**batch([[5, 6, 7]]), max_new_tokens=2, pad_token_id=0, **sampling)


def _map() -> None:
    """In memory: nothing is written."""
    from datasets import Dataset, DatasetDict

    own = tokenizer("bert")
    rows = Dataset.from_dict({"text": ["a", "b c"], "label": [0, 1]}).shuffle(seed=0)
    splits = DatasetDict(train=rows.select(range(1)), val=rows.select(range(1, 2)))
    splits = splits.map(lambda row: {"text": row["text"]})
    splits = splits.map(lambda few: own(few["text"], truncation=True), batched=True)
    splits = splits.rename_column("label", "labels")
    splits.select_columns(["input_ids", "labels"]).with_format("torch")["train"][0]


def _ask_what_values_are() -> None:
    """An abstract class that a value is none of asks all its subclasses, by now hundreds, and
    remembers the answer for the next value of that type."""
    values: tuple[Any, ...] = (
        None,
        True,
        0,
        0.0,
        "",
        b"",
        (),
        [],
        {},
        set(),
        range(0),
        np.zeros(1),
        torch.zeros(1),
    )
    kinds = [getattr(abc, name) for name in abc.__all__]
    for kind in (*kinds, numbers.Number, numbers.Real, numbers.Integral):
        for value in (*values, print, dict, np.float64(0), slice(0), Ellipsis):
            isinstance(value, kind)


def _draw() -> None:
    """Finds the fonts, which takes seconds the first time."""
    from matplotlib import font_manager, pyplot

    figure, axes = pyplot.subplots(2, 2, layout="constrained")
    axes[0, 0].imshow(np.eye(3))
    axes[0, 0].set_xticks(range(3), labels=["a", "b", "c"], rotation=90)
    axes[0, 0].set_ylabel("d")
    figure.canvas.draw()
    pyplot.close(figure)
    # matplotlib makes every fork forget its fonts: none are left to forget. (Its own name.)
    if (fonts := vars(font_manager).get("_get_font")) is not None:
        fonts.cache_clear()


# In their order, each with the parts that it is made with.
_FIRST_CALLS: tuple[tuple[frozenset[str], Callable[[], None]], ...] = (
    (frozenset({CORE}), partial(_tokenize, "bert")),
    (frozenset({GPT2_TOKENIZER}), partial(_tokenize, "gpt2")),
    (frozenset({MODELS}), partial(_load, SHORT_NAMES["bert"])),
    (frozenset({MODELS, GPT2}), partial(_load, SHORT_NAMES["gpt2"])),
    (frozenset({MODELS}), _train),
    (frozenset({TRAINER}), _trainer),
    (frozenset({MODELS}), _generate),
    (frozenset({DATASETS}), _map),
    (frozenset({DRAWING}), _draw),
)
