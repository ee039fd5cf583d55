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

import gc
import importlib

from grader.worker.fingerprints import number_tokenizers
from grader.worker.rehearsal import rehearse

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
    _import_all()
    _keep()
    number_tokenizers()
    rehearse()


def _import_all() -> None:
    import matplotlib
    import transformers

    matplotlib.use("Agg")
    for module in MODULES:
        importlib.import_module(module)
    for name in NAMES:
        getattr(transformers, name)


def _keep() -> None:
    """What is imported stays, with the little of it that is garbage: to look through it once would
    take a twentieth of the start, and no collection does from here on."""
    gc.freeze()
    gc.enable()
