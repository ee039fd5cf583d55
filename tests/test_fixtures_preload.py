"""The warm process after ``preload``: one thread, everything imported, and forks that work."""

from __future__ import annotations

from typing import Any

import pytest
from course_helpers import run_python, run_read_only

PRELOAD = """
import gc, json, os, random, sys
import torch
torch.set_num_threads(1)
import numpy
from grader.worker import fixtures
from grader.model import Fixture

def threads():
    tasks = os.listdir("/proc/self/task")
    return sorted(open(f"/proc/self/task/{task}/comm").read().strip() for task in tasks)

def draw():
    return [random.random(), float(numpy.random.rand()), float(torch.rand(1))]

random.seed(1), numpy.random.seed(1), torch.manual_seed(1)
expected = draw()
from grader.worker import preload
preload.import_all({preload.CORE, *preload.ALL})  # imports may set variables
variables, here = dict(os.environ), sorted(os.listdir())
random.seed(1), numpy.random.seed(1), torch.manual_seed(1)
PRELOAD_ALL
from accelerate.state import AcceleratorState, GradientState, PartialState
shared = (AcceleratorState, GradientState, PartialState)
left = {
    "variables": dict(os.environ) == variables,
    "files": sorted(os.listdir()) == here,
    "states": not any(kind._shared_state for kind in shared),
    "switches": torch.is_grad_enabled() and torch.get_default_dtype() is torch.float32,
}
facts = {"draws": draw() == expected, "threads": len(threads()), "names": threads()}
facts["left"] = sorted(name for name, clean in left.items() if not clean)
loaded = set(sys.modules)
facts["warm"] = sorted({
    "datasets", "accelerate", "matplotlib.pyplot", "transformers.trainer",
    "transformers.models.bert.modeling_bert", "torch.optim.adamw",
} - loaded)
reader, writer = os.pipe()
if os.fork() == 0:
    fixtures.use_scratch(os.environ["SCRATCH"])
    def make(kind, **arguments):
        return fixtures.build(Fixture(kind, arguments), None)
    from datasets import load_dataset
    from transformers import (
        AutoModel, AutoTokenizer, DataCollatorWithPadding, Trainer, TrainingArguments,
    )
    rows = load_dataset("stanfordnlp/imdb")["train"].shuffle(seed=1).select(range(6))
    tokenizer = AutoTokenizer.from_pretrained("distilbert/distilbert-base-cased")
    rows = rows.map(lambda row: tokenizer(row["text"][:60]), batched=False)
    rows = rows.remove_columns("text").rename_column("label", "labels")
    AutoModel.from_pretrained("distilbert/distilbert-base-cased")
    settings = TrainingArguments(
        output_dir=os.environ["SCRATCH"] + "/out", num_train_epochs=1, report_to="none",
        per_device_train_batch_size=2, disable_tqdm=True, eval_strategy="epoch",
        save_strategy="epoch", load_best_model_at_end=True, dataloader_pin_memory=False,
    )
    net = make("pretrained", name="distilbert/distilbert-base-cased",
               head="sequence-classification", dtype="float32")
    trainer = Trainer(model=net, args=settings, train_dataset=rows, eval_dataset=rows,
                      processing_class=tokenizer, data_collator=DataCollatorWithPadding(tokenizer))
    trainer.train()
    new = sorted(set(sys.modules) - loaded)
    os.write(writer, json.dumps({"steps": trainer.state.global_step, "new": new,
                                 "threads": threads()}).encode())
    os._exit(0)
os.close(writer)
with os.fdopen(reader) as pipe:
    facts["fork"] = json.loads(pipe.read() or "null")
print(json.dumps(facts))
"""


AT_ONCE = PRELOAD.replace("PRELOAD_ALL", "fixtures.preload()")
# A zygote may be asked for more later on.
BY_AND_BY = PRELOAD.replace(
    "PRELOAD_ALL", "[fixtures.preload(parts) for parts in [(), {'models'}, {'gpt2'}, preload.ALL]]"
)


@pytest.fixture(scope="module", params=[AT_ONCE, BY_AND_BY], ids=["at once", "by and by"])
def preloaded(request: pytest.FixtureRequest) -> Any:
    return run_python(request.param)


def test_one_thread_is_left(preloaded: Any):
    assert preloaded["threads"] == 1, preloaded["names"]


def test_the_random_generators_are_as_they_were(preloaded: Any):
    assert preloaded["draws"]


def test_nothing_of_the_rehearsal_is_left(preloaded: Any):
    assert preloaded["left"] == []


def test_what_students_import_is_imported(preloaded: Any):
    assert preloaded["warm"] == []


def test_a_fork_trains_with_the_trainer_and_imports_next_to_nothing(preloaded: Any):
    fork = preloaded["fork"]
    assert fork["steps"] == 3
    assert len(fork["new"]) < 10, fork["new"]
    assert len(fork["threads"]) == 1, fork["threads"]


def test_the_same_works_where_only_the_scratch_folder_can_be_written():
    assert run_read_only(AT_ONCE)["fork"]["steps"] == 3
