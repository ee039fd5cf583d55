"""What the warm process does once, so that no child has to: imports, loading, first calls.

In: the parts of the libraries that are wanted. Out: a process with what honest student code like
that imports, one thread, and its random generators as they were. More parts can follow. It runs no
parallel operation: the caller has set ``torch.set_num_threads(1)`` before, without which OpenMP
hangs in a fork.

Threads that would not survive the fork, and what keeps each away:

* autograd: a backward pass on the CPU runs in the calling thread;
* tokenizers: ``TOKENIZERS_PARALLELISM=false``;
* weight loading of transformers: ``HF_DEACTIVATE_ASYNC_LOAD=1``;
* Arrow's allocator: ``JE_ARROW_MALLOC_CONF=background_thread:false``, before Arrow is loaded;
* tqdm, which starts a monitor even for a bar that is switched off: ``monitor_interval = 0``.

The three variables are set by ``grader.course.location.environment`` for the whole process.
"""

from __future__ import annotations

import gc
import importlib
from collections.abc import Collection, Mapping

from grader.worker.parts import ALL, CORE, DATASETS, DRAWING, MODELS, TRAINER
from grader.worker.rehearsal import rehearse

MODULES: Mapping[str, tuple[str, ...]] = {
    CORE: (
        "numpy.ctypeslib",
        "torch.nn.functional",
        "torch.optim.lr_scheduler",
        "torch.utils.data",
        "torch.utils.serialization.config",
        "transformers.data.data_collator",
    ),
    MODELS: (
        "accelerate",
        "transformers.generation.logits_process",
        "transformers.generation.stopping_criteria",
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
    ),
    DATASETS: ("datasets",),
    TRAINER: ("transformers.hf_argparser",),
    DRAWING: ("matplotlib.figure", "matplotlib.pyplot", "mpl_toolkits.axes_grid1"),
}
# Lazy names of transformers: looking one up imports the module behind it.
NAMES: Mapping[str, tuple[str, ...]] = {
    CORE: (
        "AutoConfig",
        "AutoTokenizer",
        "BatchEncoding",
        "DataCollatorForLanguageModeling",
        "DataCollatorWithPadding",
        "DefaultDataCollator",
        "DistilBertTokenizer",
        "DistilBertTokenizerFast",
        "GenerationConfig",
        "GPT2Tokenizer",
        "GPT2TokenizerFast",
        "PreTrainedTokenizerBase",
        "get_linear_schedule_with_warmup",
        "get_scheduler",
        "set_seed",
    ),
    MODELS: (
        "AutoModel",
        "AutoModelForCausalLM",
        "AutoModelForMaskedLM",
        "AutoModelForMultipleChoice",
        "AutoModelForQuestionAnswering",
        "AutoModelForSequenceClassification",
        "AutoModelForTokenClassification",
        "PreTrainedModel",
        "pipeline",
    ),
    TRAINER: (
        "EarlyStoppingCallback",
        "EvalPrediction",
        "Trainer",
        "TrainerCallback",
        "TrainingArguments",
    ),
}
_there: set[str] = set()


def preload(parts: Collection[str] = ALL) -> frozenset[str]:
    """Imports, loads and warms up what is not there yet of the core and these parts; returns what
    is there now. To be called before any fork whose code is not to be trusted."""
    before = frozenset(_there)
    _there.update({CORE, *parts})
    now = frozenset(_there)
    if now != before:
        importlib.import_module("tqdm").tqdm.monitor_interval = 0
        import_all(now - before)
        _keep()
        rehearse(before, now)
    return now


def import_all(parts: Collection[str]) -> None:
    """What these parts import, and no call of it."""
    import transformers

    if DRAWING in parts:
        importlib.import_module("matplotlib").use("Agg")
    for part in sorted(parts):
        for module in MODULES.get(part, ()):
            importlib.import_module(module)
        for name in NAMES.get(part, ()):
            getattr(transformers, name)
    if DATASETS in parts:
        from grader.worker.fingerprints import number_tokenizers

        number_tokenizers()


def _keep() -> None:
    """What is imported stays, with the little of it that is garbage: to look through it once would
    take a twentieth of the start, and no collection does from here on."""
    gc.freeze()
    gc.enable()
