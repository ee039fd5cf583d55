"""What the warm process does once, so that no child has to: imports, loading, first calls.

In: nothing. Out: a process with everything that honest student code imports, one thread, and its
random generators as they were. It runs no parallel operation: the caller has set
``torch.set_num_threads(1)`` before, without which OpenMP hangs in a fork.

Threads that would not survive the fork, and what keeps each away:

* autograd: a backward pass on the CPU runs in the calling thread;
* tokenizers: ``TOKENIZERS_PARALLELISM=false``;
* weight loading of transformers: ``HF_DEACTIVATE_ASYNC_LOAD=1``;
* Arrow's allocator: ``JE_ARROW_MALLOC_CONF=background_thread:false``, before Arrow is loaded;
* tqdm, which starts a monitor even for a bar that is switched off: ``monitor_interval = 0``.

The three variables are set by ``grader.course.location.environment`` for the whole process.
"""

from __future__ import annotations

import importlib
import random
from typing import Any

import numpy as np
import torch

from grader.worker.fingerprints import number_tokenizers
from grader.worker.fixture_models import forget, model, pretrained
from grader.worker.fixture_tensors import batch, loader
from grader.worker.fixture_tokenizers import SHORT_NAMES, tokenizer

MODULES = (
    "accelerate",
    "datasets",
    "matplotlib.figure",
    "matplotlib.pyplot",
    "mpl_toolkits.axes_grid1",
    "numpy.ctypeslib",
    "torch.nn.functional",
    "torch.optim.lr_scheduler",
    "torch.utils.data",
    "torch.utils.serialization.config",
    "transformers.data.data_collator",
    "transformers.generation.logits_process",
    "transformers.generation.stopping_criteria",
    "transformers.hf_argparser",
    "transformers.models.albert.modeling_albert",
    "transformers.models.bart.modeling_bart",
    "transformers.models.bert.modeling_bert",
    "transformers.models.deberta_v2.modeling_deberta_v2",
    "transformers.models.distilbert.modeling_distilbert",
    "transformers.models.gpt2.modeling_gpt2",
    "transformers.models.gpt_neo.modeling_gpt_neo",
    "transformers.models.roberta.modeling_roberta",
    "transformers.models.xlnet.modeling_xlnet",
    "transformers.pipelines.feature_extraction",
    "transformers.pipelines.text_generation",
)
# Lazy names of transformers: looking one up imports the module behind it.
NAMES = (
    "AutoConfig",
    "AutoModel",
    "AutoModelForCausalLM",
    "AutoModelForMaskedLM",
    "AutoModelForMultipleChoice",
    "AutoModelForQuestionAnswering",
    "AutoModelForSequenceClassification",
    "AutoModelForTokenClassification",
    "AutoTokenizer",
    "BatchEncoding",
    "DataCollatorForLanguageModeling",
    "DataCollatorWithPadding",
    "DefaultDataCollator",
    "DistilBertTokenizer",
    "DistilBertTokenizerFast",
    "EarlyStoppingCallback",
    "EvalPrediction",
    "GenerationConfig",
    "GPT2Tokenizer",
    "GPT2TokenizerFast",
    "PreTrainedModel",
    "PreTrainedTokenizerBase",
    "Trainer",
    "TrainerCallback",
    "TrainingArguments",
    "get_linear_schedule_with_warmup",
    "get_scheduler",
    "pipeline",
    "set_seed",
)


def preload() -> None:
    """Imports, loads and warms up. To be called once, before any fork."""
    importlib.import_module("tqdm").tqdm.monitor_interval = 0
    states = random.getstate(), np.random.get_state(), torch.get_rng_state()
    _import_all()
    number_tokenizers()
    for name in SHORT_NAMES:
        tokenizer(name)(["a first call"])
    for name in SHORT_NAMES.values():
        pretrained(name)
    forget()  # 50 MB that every fork would pay for, and few cases use
    _train_once()
    _generate_once()
    _map_once()
    _draw_once()
    random.setstate(states[0])
    np.random.set_state(states[1])
    torch.set_rng_state(states[2])


def _import_all() -> None:
    import matplotlib
    import transformers

    matplotlib.use("Agg")
    for module in MODULES:
        importlib.import_module(module)
    for name in NAMES:
        getattr(transformers, name)


def _train_once() -> None:
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


def _generate_once() -> None:
    net = model("gpt2", head="causal-lm")
    for sampling in ({"do_sample": False}, {"do_sample": True, "top_p": 0.9, "top_k": 0}):
        net.generate(**batch([[5, 6, 7]]), max_new_tokens=2, pad_token_id=0, **sampling)


def _map_once() -> None:
    """In memory: nothing is written."""
    from datasets import Dataset

    rows = Dataset.from_dict({"text": ["a", "b c"], "label": [0, 1]}).shuffle(seed=0)
    rows.map(lambda row: {"text": row["text"]}).with_format("torch")[0]


def _draw_once() -> None:
    """Finds the fonts, which takes seconds the first time."""
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(2, 2)
    axes[0, 0].imshow(np.eye(3))
    axes[0, 0].set_xticks(range(3), labels=["a", "b", "c"], rotation=90)
    figure.canvas.draw()
    pyplot.close(figure)
