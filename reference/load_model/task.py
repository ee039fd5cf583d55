"""How `load_model` is graded: cases, rubric and known mistakes."""

from grader import fixture, model, same, task

# ---------------------------------------------------------------- load_tokenizer

tokenizer = task("load_tokenizer", probe="tokenized", wall=30.0)
tokenizer.case("DistilBERT", public=True, model_name="distilbert/distilbert-base-cased")
tokenizer.case("GPT-2", public=True, model_name="distilgpt2")
tokenizer.case("a folder: lower case", model_name=fixture("tokenizer_folder", kind="lower"))


@tokenizer.cases
def folder_of_words(rng):
    seed = rng.randrange(10_000)
    yield {"model_name": fixture("tokenizer_folder", kind="words", seed=seed)}


tokenizer.check(
    "the tokenizers of the lecture's models",
    same("ids"),
    points=1,
    hint="Compare `tokenizer(text)['input_ids']` with what `AutoTokenizer` gives for this name.",
    cases=("DistilBERT", "GPT-2"),
)
tokenizer.check(
    "the tokenizer of any other name",
    same("ids"),
    points=1,
    hint="Save a tokenizer with `save_pretrained(folder)` and load it by the folder's path. The "
    "name says nothing about the architecture, and the folder knows all the settings.",
    cases=("a folder*", "folder_*"),
)

TOKENIZER = "return AutoTokenizer.from_pretrained(model_name)"
tokenizer.mistake(
    "You load the same tokenizer whatever `model_name` says.",
    TOKENIZER,
    'return AutoTokenizer.from_pretrained("distilbert/distilbert-base-cased")',
)
tokenizer.mistake(
    "You load every tokenizer as DistilBERT's. `AutoTokenizer` finds the class from the name.",
    TOKENIZER,
    "from transformers import DistilBertTokenizer\n\n"
    "    return DistilBertTokenizer.from_pretrained(model_name)",
)
tokenizer.mistake(
    "You choose between two classes by what stands in the name. There are more than two, and a "
    "folder may be called anything. `AutoTokenizer` looks inside.",
    TOKENIZER,
    "from transformers import DistilBertTokenizer, GPT2Tokenizer\n\n"
    '    kind = GPT2Tokenizer if "gpt2" in model_name else DistilBertTokenizer\n'
    "    return kind.from_pretrained(model_name)",
)
tokenizer.mistake(
    "You know two names by heart. Pass `model_name` on, whatever it is.",
    TOKENIZER,
    'known = ["distilbert/distilbert-base-cased", "distilgpt2"]\n'
    "    return AutoTokenizer.from_pretrained(known[known.index(model_name)])",
)
tokenizer.mistake(
    "You load the tokenizer with lower-casing. Whether there is any is the tokenizer's own "
    "setting: pass nothing but the name.",
    TOKENIZER,
    "return AutoTokenizer.from_pretrained(model_name, do_lower_case=True)",
)
tokenizer.mistake(
    "You switch lower-casing off. Whether there is any is the tokenizer's own setting: pass "
    "nothing but the name.",
    TOKENIZER,
    "return AutoTokenizer.from_pretrained(model_name, do_lower_case=False)",
)
tokenizer.mistake(
    "You cut the name at its slashes. It may be the path of a folder: pass it as it is.",
    TOKENIZER,
    'return AutoTokenizer.from_pretrained(model_name.split("/")[-1])',
)
tokenizer.mistake(
    "You turn the name into small letters. The path of a folder may hold capitals.",
    TOKENIZER,
    "return AutoTokenizer.from_pretrained(model_name.lower())",
)
tokenizer.mistake(
    "You load the model. Asked is its tokenizer, which `AutoTokenizer` loads.",
    TOKENIZER,
    "return AutoModel.from_pretrained(model_name)",
)
tokenizer.mistake(
    "You return the fast tokenizer inside the tokenizer. Return the whole.",
    TOKENIZER,
    "return AutoTokenizer.from_pretrained(model_name).backend_tokenizer",
)
tokenizer.mistake(
    "You return the vocabulary. Asked is the tokenizer itself.",
    TOKENIZER,
    "return AutoTokenizer.from_pretrained(model_name).get_vocab()",
)
tokenizer.mistake(
    "You call the tokenizer already. Return it uncalled.",
    TOKENIZER,
    'return AutoTokenizer.from_pretrained(model_name)("Hello, how are you?")',
)
tokenizer.mistake(
    "You return the class. Call its `from_pretrained` with the name.",
    TOKENIZER,
    "return AutoTokenizer",
)
tokenizer.mistake(
    "You make a new BERT tokenizer of the vocabulary. The way in which a tokenizer cuts a text is "
    "lost by that.",
    TOKENIZER,
    "from transformers import BertTokenizer\n\n"
    "    return BertTokenizer(vocab=AutoTokenizer.from_pretrained(model_name).get_vocab())",
)

# ---------------------------------------------------------------- load_base_model

base = task("load_base_model", probe="loaded", wall=30.0)
base.case("DistilBERT", public=True, model_name="distilbert/distilbert-base-cased")
base.case("GPT-2", public=True, model_name="distilgpt2")
base.case("BERT", model_name="google-bert/bert-base-cased")
base.case("a folder: ALBERT", model_name=fixture("model_folder", kind="albert", seed=3))


@base.cases
def folder_of_gpt_neo(rng):
    seed = rng.randrange(10_000)
    yield {"model_name": fixture("model_folder", kind="gpt_neo", seed=seed)}


# Wide enough for weights that were loaded in half precision: other weights are off by about 1.
STATES = same("hidden_states", rtol=0.0, atol=0.1, dims="token hidden")
base.check(
    "DistilBERT's pretrained weights",
    STATES,
    points=1,
    hint="Call your function twice, and both models on one batch: with loaded weights the two "
    "give the same hidden states.",
    cases="DistilBERT",
)
base.check(
    "the pretrained weights of any other model",
    STATES,
    points=1,
    hint="An `Auto...` class finds the architecture, also that of a folder.",
    cases=("GPT-2", "BERT", "a folder*", "folder_*"),
)
base.check(
    "no task head",
    same("without_head", rtol=0.0, atol=0.1),
    points=1,
    hint="`print(model)`: the first line is the class. Its name ends in `Model` and has no `For`.",
)
base.check(
    "evaluation mode",
    same("evaluation_mode", rtol=0.0, atol=0.1),
    points=1,
    hint="`model.training` is False, and so it is for every part of the model.",
)

BASE = "return AutoModel.from_pretrained(model_name)"
base.mistake(
    "Your model is in training mode, so dropout is on. Return it in evaluation mode.",
    BASE,
    BASE + ".train()",
)
base.mistake(
    "You set `training` on the model alone: its parts are in training mode. `.eval()` reaches all.",
    BASE,
    "model = AutoModel.from_pretrained(model_name).train()\n"
    "    model.training = False\n    return model",
)
base.mistake(
    "Your model has a classification head. `AutoModel` loads the base model alone.",
    BASE,
    "from transformers import AutoModelForSequenceClassification\n\n"
    "    return AutoModelForSequenceClassification.from_pretrained(model_name)",
)
base.mistake(
    "Your model has the head that it was pretrained with, which predicts tokens. `AutoModel` "
    "loads the base model alone.",
    BASE,
    "from transformers import AutoModelForMaskedLM\n\n"
    "    return AutoModelForMaskedLM.from_pretrained(model_name)",
)
base.mistake(
    "Your model has the head that predicts the next token. `AutoModel` loads the base model alone.",
    BASE,
    "from transformers import AutoModelForCausalLM\n\n"
    "    return AutoModelForCausalLM.from_pretrained(model_name)",
)
base.mistake(
    "Your model has random weights: `from_config` makes an architecture and loads no weights.",
    BASE,
    "from transformers import AutoConfig\n\n"
    "    return AutoModel.from_config(AutoConfig.from_pretrained(model_name)).eval()",
)
base.mistake(
    "Your model has random weights, and it is in training mode too.",
    BASE,
    "from transformers import AutoConfig\n\n"
    "    return AutoModel.from_config(AutoConfig.from_pretrained(model_name)).train()",
)
base.mistake(
    "You load the same model whatever `model_name` says.",
    BASE,
    'return AutoModel.from_pretrained("distilbert/distilbert-base-cased")',
)
base.mistake(
    "You load every model as a DistilBERT: the weights of others do not fit, and stay random. "
    "`AutoModel` finds the architecture from the name.",
    BASE,
    "from transformers import DistilBertModel\n\n"
    "    return DistilBertModel.from_pretrained(model_name)",
)
base.mistake(
    "You choose between two classes by what stands in the name. There are more than two, and a "
    "folder may be called anything. `AutoModel` looks inside.",
    BASE,
    "from transformers import DistilBertModel, GPT2Model\n\n"
    '    kind = GPT2Model if "gpt2" in model_name else DistilBertModel\n'
    "    return kind.from_pretrained(model_name)",
)
base.mistake(
    "You cut the name at its slashes. It may be the path of a folder: pass it as it is.",
    BASE,
    'return AutoModel.from_pretrained(model_name.split("/")[-1])',
)
base.mistake(
    "You fix the number of layers. A layer more than the checkpoint has is random.",
    BASE,
    "return AutoModel.from_pretrained(model_name, num_hidden_layers=6)",
)
base.mistake(
    "You load the configuration. Asked is the model, with its weights.",
    BASE,
    "from transformers import AutoConfig\n\n    return AutoConfig.from_pretrained(model_name)",
)
base.mistake(
    "You return the tokenizer along with the model. Asked is the model alone.",
    BASE,
    "return AutoTokenizer.from_pretrained(model_name), AutoModel.from_pretrained(model_name)",
)
base.mistake(
    "You return the embeddings alone. Asked is the whole base model.",
    BASE,
    BASE + ".get_input_embeddings()",
)

# ---------------------------------------------------------------- describe

sizes = task("describe")
sizes.case("DistilBERT", public=True, model=model("distilbert", seed=1))
sizes.case("GPT-2", public=True, model=model("gpt2", seed=2))
sizes.case(
    "a frozen encoder under a head",
    public=True,
    model=fixture(
        "frozen",
        model=model("distilbert", seed=3, head="sequence-classification", heads=5, num_labels=3),
        names=["distilbert.*"],
    ),
)
sizes.case("BERT, in training mode", model=model("bert", seed=4, mode="train", dtype="float32"))
sizes.case(
    "one layer, one head, another vocabulary",
    model=model("bert", seed=5, layers=1, heads=1, hidden=18, vocab=51),
)
sizes.case("many layers", model=model("distilbert", seed=6, layers=8, heads=2, hidden=14))
sizes.case(
    "shared: the ids' embeddings and the head", model=model("gpt2", seed=7, head="causal-lm")
)
sizes.case(
    "shared and frozen",
    model=fixture(
        "frozen",
        model=model("distilbert", seed=8, head="masked-lm"),
        names=["*embeddings*", "*.bias"],
    ),
)
sizes.case(
    "everything is frozen",
    model=fixture("frozen", model=model("bert", seed=9, layers=2), names=["*"]),
)
sizes.case(
    "an extended vocabulary",
    model=fixture("extended", model=model("gpt2", seed=10, layers=2, head="causal-lm"), vocab=103),
)
sizes.case("another: ALBERT", model=fixture("other_model", kind="albert"))
sizes.case("another: GPT-Neo", model=fixture("other_model", kind="gpt_neo"))
sizes.case(
    "another: XLNet, a part of it frozen",
    model=fixture("frozen", model=fixture("other_model", kind="xlnet"), names=["layer.1.*"]),
)


@sizes.cases
def drawn(rng):
    for arch in ("distilbert", "bert", "gpt2"):
        heads, width, layers = rng.sample(range(2, 8), 3)
        made = model(
            arch,
            seed=rng.randrange(10_000),
            layers=layers,
            heads=heads,
            hidden=heads * width,
            vocab=rng.randrange(60, 200),
        )
        names = rng.sample(
            ["*.bias", "*.weight", "*embeddings*", "*layer.1.*", "h.1.*", "wpe.*"], 2
        )
        yield {"model": fixture("frozen", model=made, names=names)}


sizes.check(
    "the number of layers",
    same("layers"),
    points=0.5,
    hint="The embeddings are no layer. `print(model.config)` for several architectures.",
)
sizes.check(
    "the number of heads in a layer",
    same("heads"),
    points=0.5,
    hint="It stands in the config.",
)
sizes.check(
    "the length of a hidden state",
    same("hidden_size"),
    points=0.5,
    hint="It is the last axis of `model(...).last_hidden_state`.",
)
sizes.check(
    "the size of the vocabulary",
    same("vocab_size"),
    points=0.5,
    hint="It is the number of rows of the embeddings of the ids.",
)
sizes.check(
    "the number of parameters",
    same("parameters"),
    points=0.75,
    hint="Compare with `model.num_parameters()`. A tensor holds as many numbers as `numel()` says.",
)
sizes.check(
    "the number of parameters that train",
    same("trainable_parameters"),
    points=0.75,
    hint="Freeze one tensor by hand. The number must fall by that tensor's `numel()`.",
)
sizes.check(
    "the six values and nothing else",
    same(extra_keys=False),
    points=0.5,
    hint="Exactly the six keys of the handout, spelled as there; every value right.",
)

LAYERS, HEADS = '"layers": config.num_hidden_layers', '"heads": config.num_attention_heads'
HIDDEN, VOCAB = '"hidden_size": config.hidden_size', '"vocab_size": config.vocab_size'
ALL = '"parameters": sum(p.numel() for p in model.parameters()),'
TRAINING = '"trainable_parameters": sum(p.numel() for p in model.parameters() if p.requires_grad),'
sizes.mistake(
    "You use DistilBERT's own names of the sizes. Other configs lack them. Which names does the "
    "library understand for all?",
    (LAYERS, '"layers": config.n_layers'),
    (HEADS, '"heads": config.n_heads'),
    (HIDDEN, '"hidden_size": config.dim'),
)
sizes.mistake(
    "You use GPT-2's own names of the sizes. Other configs lack them. Which names does the "
    "library understand for all?",
    (LAYERS, '"layers": config.n_layer'),
    (HEADS, '"heads": config.n_head'),
    (HIDDEN, '"hidden_size": config.n_embd'),
)
sizes.mistake(
    "You look the sizes up in `config.to_dict()`. There each architecture has its own names; as "
    "attributes of the config the common ones work too.",
    "    config = model.config\n",
    "    from types import SimpleNamespace\n\n"
    "    config = SimpleNamespace(**model.config.to_dict())\n",
)
sizes.mistake(
    "You list the architectures that you know. There are more: find names that work for all.",
    "    config = model.config\n",
    "    from types import SimpleNamespace\n\n"
    "    names = {\n"
    '        "distilbert": ("n_layers", "n_heads", "dim"),\n'
    '        "bert": ("num_hidden_layers", "num_attention_heads", "hidden_size"),\n'
    '        "gpt2": ("n_layer", "n_head", "n_embd"),\n'
    "    }[model.config.model_type]\n"
    "    config = SimpleNamespace(\n"
    "        num_hidden_layers=getattr(model.config, names[0]),\n"
    "        num_attention_heads=getattr(model.config, names[1]),\n"
    "        hidden_size=getattr(model.config, names[2]),\n"
    "        vocab_size=model.config.vocab_size,\n"
    "    )\n",
)
sizes.mistake(
    "You give the sizes of the real DistilBERT. Ask the model that you are given.",
    (LAYERS, '"layers": 6'),
    (HEADS, '"heads": 12'),
    (HIDDEN, '"hidden_size": 768'),
    (VOCAB, '"vocab_size": 28996'),
)
sizes.mistake(
    "You count the embeddings as a layer.",
    LAYERS,
    LAYERS + " + 1",
)
sizes.mistake(
    "You count the numbered parts of the model as layers. Layers may share one part, and other "
    "parts are numbered too.",
    LAYERS,
    '"layers": sum(name.split(".")[-1].isdigit() for name, _ in model.named_modules())',
)
sizes.mistake(
    "You give the length of a head's vectors. Asked is the number of heads.",
    HEADS,
    '"heads": config.hidden_size // config.num_attention_heads',
)
sizes.mistake(
    "You add up the heads of all the layers. Asked are those of one layer.",
    HEADS,
    HEADS + " * config.num_hidden_layers",
)
sizes.mistake(
    "You give the width of the embeddings. That of the hidden states may be another, as in ALBERT.",
    HIDDEN,
    '"hidden_size": model.get_input_embeddings().embedding_dim',
)
sizes.mistake(
    "You take the vocabulary's size from the head. Not every model has one.",
    VOCAB,
    '"vocab_size": model.get_output_embeddings().out_features',
)
sizes.mistake(
    "You count the tensors. Asked is how many numbers they hold.",
    (ALL, '"parameters": len(list(model.parameters())),'),
    (TRAINING, '"trainable_parameters": sum(p.requires_grad for p in model.parameters()),'),
)
sizes.mistake(
    "You count bytes. Asked is how many numbers there are.",
    (ALL, ALL.replace("p.numel()", "p.nbytes")),
    (TRAINING, TRAINING.replace("p.numel()", "p.nbytes")),
)
sizes.mistake(
    "You count the first axis of each tensor only. Multiply all of its axes: `numel()`.",
    (ALL, ALL.replace("p.numel()", "len(p)")),
    (TRAINING, TRAINING.replace("p.numel()", "len(p)")),
)
sizes.mistake(
    "You count shared parameters twice: a state dict names them once for each part that uses them.",
    ALL,
    '"parameters": sum(p.numel() for p in model.state_dict().values()),',
)
sizes.mistake(
    "You leave out the embeddings. They are parameters too.",
    ALL,
    '"parameters": model.num_parameters(exclude_embeddings=True),',
)
sizes.mistake(
    "You count the base model's parameters. The head's belong to the model too.",
    (ALL, ALL.replace("model.", "model.base_model.")),
    (TRAINING, TRAINING.replace("model.", "model.base_model.")),
)
sizes.mistake(
    "You count every parameter as trainable. A frozen one has `requires_grad=False`.",
    TRAINING,
    TRAINING.replace(" if p.requires_grad", ""),
)
sizes.mistake(
    "You count as trainable what is frozen.",
    TRAINING,
    TRAINING.replace("if p.requires_grad", "if not p.requires_grad"),
)
sizes.mistake(
    "You count the tensors that train. Asked is how many numbers they hold.",
    TRAINING,
    '"trainable_parameters": sum(p.requires_grad for p in model.parameters()),',
)
sizes.mistake(
    "You take training mode for training: what trains is a matter of `requires_grad`.",
    TRAINING,
    '"trainable_parameters": sum(p.numel() for p in model.parameters()) if model.training else 0,',
)
sizes.mistake(
    "You count only what trains as parameters. The frozen ones are parameters too.",
    ALL,
    ALL.replace(" in model.parameters()", " in model.parameters() if p.requires_grad"),
)
sizes.mistake(
    "You ask only the last parameter whether it trains. Ask each.",
    TRAINING,
    '"trainable_parameters": model.num_parameters() '
    "if list(model.parameters())[-1].requires_grad else 0,",
)
sizes.mistake(
    "You return a key more than asked for. There are exactly six.",
    TRAINING,
    TRAINING + '\n        "name": type(model).__name__,',
)
sizes.mistake(
    "You return the numbers as text. They are ints.",
    (LAYERS, '"layers": str(config.num_hidden_layers)'),
    (HEADS, '"heads": str(config.num_attention_heads)'),
    (HIDDEN, '"hidden_size": str(config.hidden_size)'),
    (VOCAB, '"vocab_size": str(config.vocab_size)'),
    (ALL, '"parameters": str(model.num_parameters()),'),
    (TRAINING, '"trainable_parameters": str(model.num_parameters(only_trainable=True)),'),
)
sizes.mistake(
    "You count the parameters in millions. Asked is their number, an int.",
    (ALL, '"parameters": model.num_parameters() / 1e6,'),
    (TRAINING, '"trainable_parameters": model.num_parameters(only_trainable=True) / 1e6,'),
)
