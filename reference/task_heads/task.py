"""How `task_heads` is graded: cases, rubric and known mistakes."""

from grader import batch, fixture, model, same, task

DISTILBERT, BERT, GPT2 = (
    "distilbert/distilbert-base-cased",
    "google-bert/bert-base-cased",
    "distilgpt2",
)


def with_options(name, **options):
    """A name, with options that are passed to `from_pretrained`."""
    return fixture("with_options", model_name=name, **options)


# ---------------------------------------------------------------- load_for_task

load = task("load_for_task", probe="loaded", wall=30.0)
load.case("DistilBERT: masked-lm", public=True, task="masked-lm", model_name=DISTILBERT)
load.case(
    "DistilBERT: sequence-classification, four labels",
    public=True,
    task="sequence-classification",
    model_name=with_options(DISTILBERT, num_labels=4),
)
load.case("GPT-2: base", public=True, task="base", model_name=GPT2)
load.case("some tasks", public=True, task=["base", "summarization"], model_name=DISTILBERT)
load.case(
    "DistilBERT: multiple-choice, with options",
    task="multiple-choice",
    model_name=with_options(DISTILBERT, output_hidden_states=True),
)
load.case(
    "BERT: base, with options",
    task="base",
    model_name=with_options(BERT, output_hidden_states=True),
)
load.case(
    "BERT: masked-lm, with options",
    task="masked-lm",
    model_name=with_options(BERT, output_hidden_states=True),
)
load.case("BERT: question-answering", task="question-answering", model_name=BERT)
load.case("BERT: masked-lm", task="masked-lm", model_name=BERT)
load.case(
    "BERT: multiple-choice, with an option",
    task="multiple-choice",
    model_name=with_options(BERT, output_attentions=True),
)
load.case(
    "DistilBERT: token-classification, with names",
    task="token-classification",
    model_name=with_options(
        DISTILBERT,
        id2label={"0": "person", "1": "place", "2": "other"},
        label2id={"person": 0, "place": 1, "other": 2},
    ),
)
load.case(
    "DistilBERT: question-answering, with options",
    task="question-answering",
    model_name=with_options(DISTILBERT, dtype="float64", attn_implementation="eager"),
)
load.case(
    "GPT-2: token-classification, with options",
    task="token-classification",
    model_name=with_options(GPT2, num_labels=7, output_hidden_states=True),
)
FOLDER = fixture("saved", model=model("bert", seed=5, head="sequence-classification", num_labels=3))
load.case(
    "a folder: its own head",
    task="sequence-classification",
    model_name=with_options(FOLDER, whole=True),
)
load.case(
    "a folder: another number of labels",
    task="sequence-classification",
    model_name=with_options(FOLDER, num_labels=5, ignore_mismatched_sizes=True),
)
load.case(
    "more tasks",
    task=[
        *["causal-lm", "text-classification", "classification", "lm", "", "masked_lm"],
        *["visual-question-answering", "baseline", "Base", "base "],
        *["question-answering", "token-classification"],
    ],
    model_name=BERT,
)


@load.cases
def drawn(rng):
    for kind in rng.sample(["sequence-classification", "token-classification"], 2):
        options = {"num_labels": rng.randrange(3, 9), "output_hidden_states": True}
        name = rng.choice([DISTILBERT, BERT, GPT2])
        yield {"task": kind, "model_name": with_options(name, **options)}


load.check(
    "each task's own head",
    same("model"),
    points=1.5,
    hint="`print(model)`: the class says the architecture and the task, the last lines show the "
    "head.",
)
# Wide enough for weights that were loaded in half precision: other weights are off by about 1.
load.check(
    "the encoder's pretrained weights",
    same("hidden_states", rtol=0.0, atol=0.1, dims="token hidden"),
    points=1,
    hint="Load the same name twice. The encoders of the two are equal when they were pretrained.",
)
load.check(
    "a head that the checkpoint holds keeps its weights",
    same("predictions", rtol=0.0, atol=0.3),
    points=0.5,
    hint="Call the loaded model twice: with a pretrained head the logits are the same each time "
    "that you load it.",
)
load.check(
    "the options reach the model",
    same("options"),
    points=1,
    hint="Pass `kwargs` on as they came, with two stars. Then look at `model.config`.",
)
load.check(
    "the known tasks load, anything else raises ValueError",
    same("answers"),
    points=1,
    hint="A task is known when it is equal to one of the six, not when it is part of one. Every "
    "other text raises a ValueError.",
)

KNOWN = """    if task not in classes:
        raise ValueError(f"task is one of {', '.join(classes)}, not {task!r}")
"""
LOADED = "return classes[task].from_pretrained(model_name, **kwargs)"
load.mistake(
    "You drop `kwargs`. They go to `from_pretrained`.",
    LOADED,
    "return classes[task].from_pretrained(model_name)",
)
load.mistake(
    "You pass on `num_labels` alone. All of `kwargs` go to `from_pretrained`.",
    LOADED,
    'kept = {key: value for key, value in kwargs.items() if key == "num_labels"}\n'
    "    return classes[task].from_pretrained(model_name, **kept)",
)
load.mistake(
    "You set the options on the config of a model that is loaded already. Its head has been made "
    "by then.",
    LOADED,
    "model = classes[task].from_pretrained(model_name)\n"
    "    for key, value in kwargs.items():\n        setattr(model.config, key, value)\n"
    "    return model",
)
load.mistake(
    "You give the options to the config. Not all of them belong there: pass them to the model's "
    "`from_pretrained`, which knows where each goes.",
    LOADED,
    "from transformers import AutoConfig\n\n"
    "    config = AutoConfig.from_pretrained(model_name, **kwargs)\n"
    "    return classes[task].from_pretrained(model_name, config=config)",
)
load.mistake(
    "You fix two labels where nothing is said. A checkpoint may know better.",
    LOADED,
    'if task in ("sequence-classification", "token-classification"):\n'
    '        kwargs.setdefault("num_labels", 2)\n    ' + LOADED,
)
load.mistake(
    "An unknown task ends in a KeyError. Asked is a ValueError.",
    KNOWN,
    "",
)
load.mistake(
    "You refuse an unknown task by `assert`. That raises AssertionError; ValueError is wanted.",
    KNOWN,
    "    assert task in classes\n",
)
load.mistake(
    "You return None for an unknown task. Raise a ValueError.",
    KNOWN,
    "    if task not in classes:\n        return None\n",
)
load.mistake(
    "You load the base model for an unknown task. Raise a ValueError.",
    (KNOWN, ""),
    (LOADED, LOADED.replace("classes[task]", "classes.get(task, AutoModel)")),
)
load.mistake(
    "You look whether the text is part of a task's name. It has to be equal to one.",
    (
        KNOWN,
        KNOWN.replace("if task not in classes", "if not any(task in name for name in classes)"),
    ),
    (
        LOADED,
        LOADED.replace("classes[task]", "next(c for name, c in classes.items() if task in name)"),
    ),
)
load.mistake(
    "You look whether a task's name is part of the text. The text has to be equal to one.",
    (
        KNOWN,
        KNOWN.replace("if task not in classes", "if not any(name in task for name in classes)"),
    ),
    (
        LOADED,
        LOADED.replace("classes[task]", "next(c for name, c in classes.items() if name in task)"),
    ),
)
load.mistake(
    "You take blanks and capital letters out of the task first. It has to be spelled as asked for.",
    KNOWN,
    "    task = task.strip().lower()\n" + KNOWN,
)
load.mistake(
    "You know a task too many: `causal-lm` is not among the six.",
    '        "base": AutoModel,\n',
    '        "causal-lm": __import__("transformers").AutoModelForCausalLM,\n'
    '        "base": AutoModel,\n',
)
load.mistake(
    "You take `_` for `-` in the name of a task. It has to be spelled as asked for.",
    KNOWN,
    '    task = task.replace("_", "-")\n' + KNOWN,
)
load.mistake(
    "You have swapped the heads for sequences and for tokens.",
    (
        '"sequence-classification": AutoModelForSequenceClassification',
        '"sequence-classification": AutoModelForTokenClassification',
    ),
    (
        '"token-classification": AutoModelForTokenClassification',
        '"token-classification": AutoModelForSequenceClassification',
    ),
)
load.mistake(
    "Multiple choice is no sequence classification: each choice gets one score.",
    '"multiple-choice": AutoModelForMultipleChoice',
    '"multiple-choice": AutoModelForSequenceClassification',
)
load.mistake(
    "Question answering is no token classification, although both have two numbers a token.",
    '"question-answering": AutoModelForQuestionAnswering',
    '"question-answering": AutoModelForTokenClassification',
)
load.mistake(
    "You load all that was pretrained. BERT then has a second head besides that for masked tokens.",
    '"masked-lm": AutoModelForMaskedLM',
    '"masked-lm": __import__("transformers").AutoModelForPreTraining',
)
load.mistake(
    "Your base model has a head.",
    '"base": AutoModel,',
    '"base": __import__("transformers").AutoModelWithLMHead'
    ' if hasattr(__import__("transformers"), "AutoModelWithLMHead")'
    " else AutoModelForTokenClassification,",
)
load.mistake(
    "You name DistilBERT's classes. An `Auto...` class finds the architecture from the name.",
    "    classes = {\n",
    "    import transformers\n\n"
    "    ends = {\n"
    '        "base": "Model",\n'
    '        "masked-lm": "ForMaskedLM",\n'
    '        "sequence-classification": "ForSequenceClassification",\n'
    '        "multiple-choice": "ForMultipleChoice",\n'
    '        "token-classification": "ForTokenClassification",\n'
    '        "question-answering": "ForQuestionAnswering",\n'
    "    }\n"
    "    if task in ends:\n"
    '        kind = getattr(transformers, "DistilBert" + ends[task])\n'
    "        return kind.from_pretrained(model_name, **kwargs)\n"
    "    classes = {\n",
)
load.mistake(
    "Your model has random weights: `from_config` makes an architecture and loads no weights.",
    LOADED,
    "from transformers import AutoConfig\n\n"
    '    kwargs.pop("ignore_mismatched_sizes", None)\n'
    "    config = AutoConfig.from_pretrained(model_name, **kwargs)\n"
    "    return classes[task].from_config(config)",
)
load.mistake(
    "You load the same model whatever `model_name` says.",
    LOADED,
    LOADED.replace("model_name", '"distilbert/distilbert-base-cased"'),
)
load.mistake(
    "You return the class. Call its `from_pretrained`.",
    LOADED,
    "return classes[task]",
)
load.mistake(
    "You initialise the head anew after loading. One that the checkpoint holds is lost by that.",
    LOADED,
    f"model = {LOADED[7:]}\n"
    "    base = {id(parameter) for parameter in model.base_model.parameters()}\n"
    "    for parameter in model.parameters():\n"
    "        if id(parameter) not in base:\n"
    "            torch.nn.init.normal_(parameter)\n"
    "    return model",
)

# ---------------------------------------------------------------- load_classifier_two_ways

ways = task("load_classifier_two_ways", probe="two_ways", wall=30.0)
ways.case("five labels", public=True, model_name=DISTILBERT, num_labels=5)
ways.case("one label", model_name=DISTILBERT, num_labels=1)
ways.case(
    "another DistilBERT, in a folder",
    model_name=fixture("saved", model=model("distilbert", seed=6, head="masked-lm")),
    num_labels=3,
)


@ways.cases
def other_labels(rng):
    base = model("distilbert", seed=rng.randrange(10_000), layers=2)
    yield {"model_name": fixture("saved", model=base), "num_labels": rng.randrange(4, 12)}


ways.check(
    "the first is a classifier with the asked labels",
    same("first"),
    points=0.5,
    hint="Print `model.classifier` and `model.config.num_labels`.",
)
ways.check(
    "the second is a classifier with the asked labels, and a model of its own",
    same("second"),
    points=0.5,
    hint="Print `model.config.num_labels`. Return two models, not one twice.",
)
ways.check(
    "both carry the pretrained encoder",
    same("encoders", rtol=0.0, atol=0.1, dims="token hidden"),
    points=1,
    hint="`model.distilbert` is the encoder. Compare one of its tensors with that of a base model "
    "of the same name.",
)

FIRST = (
    "first = DistilBertForSequenceClassification.from_pretrained(model_name, num_labels=num_labels)"
)
SECOND = (
    "second = AutoModelForSequenceClassification.from_pretrained(model_name, num_labels=num_labels)"
)
CONFIG = "from transformers import AutoConfig\n\n    config = AutoConfig.from_pretrained"
ways.mistake(
    "Your first model does not know how many labels there are.",
    FIRST,
    FIRST.replace(", num_labels=num_labels", ""),
)
ways.mistake(
    "Your second model does not know how many labels there are.",
    SECOND,
    SECOND.replace(", num_labels=num_labels", ""),
)
ways.mistake(
    "Neither of your models knows how many labels there are.",
    (FIRST, FIRST.replace(", num_labels=num_labels", "")),
    (SECOND, SECOND.replace(", num_labels=num_labels", "")),
)
ways.mistake(
    "Your first model is made from a config: its encoder is random. `from_pretrained` loads it.",
    FIRST,
    CONFIG + "(model_name, num_labels=num_labels)\n"
    "    first = DistilBertForSequenceClassification(config).eval()",
)
ways.mistake(
    "Your second model is made from a config: its encoder is random. `from_pretrained` loads it.",
    SECOND,
    CONFIG + "(model_name, num_labels=num_labels)\n"
    "    second = AutoModelForSequenceClassification.from_config(config).eval()",
)
ways.mistake(
    "You make your first model from a new config: neither its sizes nor its weights are those of "
    "the checkpoint.",
    FIRST,
    "from transformers import DistilBertConfig\n\n"
    "    config = DistilBertConfig(num_labels=num_labels, n_layers=1)\n"
    "    first = DistilBertForSequenceClassification(config).eval()",
)
ways.mistake(
    "You set the number of labels on the config after loading. The head has been made by then.",
    (
        FIRST,
        "first = DistilBertForSequenceClassification.from_pretrained(model_name)\n"
        "    first.config.num_labels = num_labels",
    ),
    (
        SECOND,
        "second = AutoModelForSequenceClassification.from_pretrained(model_name)\n"
        "    second.config.num_labels = num_labels",
    ),
)
ways.mistake(
    "You exchange the last layer by hand: the config still says two labels, and the loss goes by "
    "that.",
    (
        FIRST,
        "first = DistilBertForSequenceClassification.from_pretrained(model_name)\n"
        "    first.classifier = torch.nn.Linear(first.config.dim, num_labels)",
    ),
    (
        SECOND,
        "second = AutoModelForSequenceClassification.from_pretrained(model_name)\n"
        "    second.classifier = torch.nn.Linear(second.config.dim, num_labels)",
    ),
)
ways.mistake(
    "Your second model has no head. `AutoModel` loads the base model alone.",
    SECOND,
    "second = AutoModel.from_pretrained(model_name)",
)
ways.mistake(
    "Your second model classifies tokens, not sequences.",
    SECOND,
    SECOND.replace("AutoModelForSequenceClassification", "AutoModelForTokenClassification"),
)
ways.mistake(
    "You return one model twice. Load it twice, by two classes.",
    SECOND,
    "second = first",
)
ways.mistake(
    "You return one model. Asked are two.",
    "    return first, second\n",
    "    return second\n",
)
ways.mistake(
    "You load the same checkpoint whatever `model_name` says.",
    (FIRST, FIRST.replace("(model_name", f'(\n        "{DISTILBERT}"')),
    (SECOND, SECOND.replace("(model_name", f'(\n        "{DISTILBERT}"')),
)
ways.mistake(
    "You have a label too many. Ids start at 0, and `num_labels` says how many there are.",
    (FIRST, FIRST.replace("=num_labels", "=num_labels + 1")),
    (SECOND, SECOND.replace("=num_labels", "=num_labels + 1")),
)

ways.equivalent(
    "for the name of a DistilBERT both classes give the same kind of model",
    "first, second",
    "second, first",
)

# ---------------------------------------------------------------- predict

predict = task("predict", probe="predicted")


def classifier(arch, **options):
    """A tiny sequence classifier of the architecture."""
    return model(arch, head="sequence-classification", **options)


TEXTS = [[7, 21, 22, 23, 24, 25, 26], [44], [7, 40, 41, 42], [8, 9], [60, 61, 62]]
predict.case(
    "two labels",
    public=True,
    model=classifier("distilbert", seed=1),
    batch=batch(TEXTS),
)
predict.case(
    "three labels, another architecture, in training mode",
    public=True,
    model=classifier("gpt2", seed=6, num_labels=3, mode="train"),
    batch=batch(TEXTS, kind="dict"),
)
predict.case(
    "five labels, in training mode",
    model=classifier("bert", seed=2, num_labels=5, mode="train"),
    batch=batch(TEXTS),
)
predict.case(
    "one text",
    model=classifier("gpt2", seed=5, num_labels=3),
    batch=batch([[9, 8, 7, 6]], kind="dict"),
)
predict.case(
    "one token",
    model=classifier("bert", seed=4, num_labels=5),
    batch=batch([[44]]),
)
predict.case(
    "as many texts as labels",
    model=classifier("distilbert", seed=7, num_labels=4, mode="train"),
    batch=batch([[5, 61, 7, 8, 9, 11], [5, 17, 9], [30, 31, 32, 33], [90, 4]]),
)


@predict.cases
def texts(rng):
    for arch in ("distilbert", "bert", "gpt2"):
        rows = [rng.sample(range(1, 97), rng.randrange(1, 8)) for _ in range(rng.randrange(4, 7))]
        made = classifier(
            arch,
            seed=rng.randrange(10_000),
            num_labels=rng.randrange(3, 7),
            mode=rng.choice(["train", "eval"]),
        )
        yield {"model": made, "batch": batch(rows, kind=rng.choice(["dict", "BatchEncoding"]))}


predict.check(
    "the classes",
    same("classes", dims="batch", dtype="exact", grad="none"),
    points=2,
    hint="One id a text, shape (batch,), int64. Compare with the rows of `model(**batch).logits`.",
)
predict.check(
    "evaluation mode",
    same("evaluation_mode"),
    points=0.5,
    hint="Call `model.train()` before your function, and look at `model.training` inside it.",
)
predict.check(
    "no gradients",
    same("no_gradients"),
    points=0.5,
    hint="Look at `requires_grad` of the logits inside your function: it should be False.",
)

CALL = "logits = model(**batch).logits"
ANSWER = "return logits.argmax(dim=-1)"
predict.mistake(
    "You predict in whatever mode the model came in: dropout may still be on.",
    "    model.eval()\n",
    "",
)
predict.mistake(
    "You switch to training mode.",
    "    model.eval()\n",
    "    model.train()\n",
)
predict.mistake(
    "You set `training` on the model alone: its parts keep their mode. `.eval()` reaches all.",
    "    model.eval()\n",
    "    model.training = False\n",
)
predict.mistake(
    "You compute gradients that nobody uses. Call the model under `torch.no_grad()`.",
    "with torch.no_grad():",
    "with torch.enable_grad():",
)
predict.mistake(
    "You forget both the evaluation mode and `torch.no_grad()`.",
    ("    model.eval()\n", ""),
    ("with torch.no_grad():", "with torch.enable_grad():"),
)
predict.mistake(
    "You do not pass the attention mask, so padding takes part.",
    CALL,
    'logits = model(batch["input_ids"]).logits',
)
predict.mistake(
    "You take the batch's tensors as attributes. A batch may be a plain `dict`: take them by "
    "their keys.",
    CALL,
    "logits = model(batch.input_ids, attention_mask=batch.attention_mask).logits",
)
predict.mistake(
    "You compare the texts with each other: the classes are on the last axis.",
    ANSWER,
    "return logits.argmax(dim=0)",
)
predict.mistake(
    "Your argmax has no axis: it is one number for the whole batch.",
    ANSWER,
    "return logits.argmax()",
)
predict.mistake(
    "You lose the axis of a batch of one: `squeeze` removes every axis of length 1.",
    ANSWER,
    "return logits.argmax(dim=-1).squeeze()",
)
predict.mistake(
    "You keep an axis of length 1. Asked is the shape (batch,).",
    ANSWER,
    "return logits.argmax(dim=-1, keepdim=True)",
)
predict.mistake(
    "You return the logits. Asked are the ids of the classes.",
    ANSWER,
    "return logits",
)
predict.mistake(
    "You return the largest logit. Asked is where it stands.",
    ANSWER,
    "return logits.max(dim=-1).values",
)
predict.mistake(
    "You return the probability of the class. Asked is its id.",
    ANSWER,
    "return logits.softmax(dim=-1).amax(dim=-1)",
)
predict.mistake(
    "You round probabilities. With more than two classes the largest may be below 0.5.",
    ANSWER,
    "return logits.softmax(dim=-1)[:, 1].round().long()",
)
predict.mistake(
    "You compare the first two classes only. There may be more.",
    ANSWER,
    "return (logits[:, 1] > logits[:, 0]).long()",
)
predict.mistake(
    "You return the least likely class.",
    ANSWER,
    "return logits.argmin(dim=-1)",
)
predict.mistake(
    "You return a list. Asked is a LongTensor.",
    ANSWER,
    ANSWER + ".tolist()",
)
predict.mistake(
    "Your ids are int32. Asked is a LongTensor, which is int64.",
    ANSWER,
    ANSWER + ".int()",
)
predict.mistake(
    "You return the names of the classes. Asked are their ids.",
    ANSWER,
    "return [model.config.id2label[i] for i in logits.argmax(dim=-1).tolist()]",
)
predict.mistake(
    "You predict for the first text only. Asked is one id for each.",
    ANSWER,
    "return logits[:1].argmax(dim=-1)",
)
predict.mistake(
    "You count the classes from 1. Their ids start at 0.",
    ANSWER,
    "return logits.argmax(dim=-1) + 1",
)
predict.equivalent(
    "logits have two axes: the last one is number 1",
    "logits.argmax(dim=-1)",
    "logits.argmax(dim=1)",
)
