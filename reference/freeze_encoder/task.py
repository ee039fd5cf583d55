"""Topic 10: freezing. Which parameters train, what moves, what stays bit for bit."""

from grader import batch, fixture, model, same, task

OUTPUT = {"distilbert": ["classifier.*"], "bert": ["classifier.*"], "gpt2": ["score.*"]}
FEATURES = {
    "distilbert": ["pre_classifier.*"],
    "bert": ["bert.pooler.*"],
    "gpt2": ["transformer.ln_f.*"],
}


def classifier(arch, **options):
    """A tiny sequence classifier of the architecture."""
    return model(arch, head="sequence-classification", **options)


def fresh(arch, **options):
    """The same with an output layer of zeros: its losses do not depend on the weight decay."""
    return fixture(
        "fresh", model=classifier(arch, **options), zero=OUTPUT[arch], shrink=FEATURES[arch]
    )


# ------------------------------------------------------------------------- freeze_encoder
freezing = task("freeze_encoder", probe="freeze_trace")
freezing.case("DistilBERT", public=True, model=classifier("distilbert", seed=1))
freezing.case("DistilBERT, in training mode", model=classifier("distilbert", seed=2, mode="train"))
freezing.case("BERT", public=True, model=classifier("bert", seed=3, layers=2))
freezing.case(
    "BERT, a part of it frozen before",
    model=fixture(
        "frozen",
        model=classifier("bert", seed=5, layers=2),
        names=["bert.embeddings.*", "bert.encoder.layer.0.*"],
    ),
)


@freezing.cases
def drawn(rng):
    for arch in ("gpt2", rng.choice(["bert", "gpt2"])):
        options = {"layers": rng.randrange(1, 4), "num_labels": rng.randrange(2, 6)}
        yield {"model": classifier(arch, seed=rng.randrange(10_000), **options)}


freezing.case("another: RoBERTa", model=fixture("other_classifier", kind="roberta"))
freezing.case("another: DeBERTa", model=fixture("other_classifier", kind="deberta-v2"))
freezing.case("another: BART", model=fixture("other_classifier", kind="bart", num_labels=3))
freezing.check(
    "DistilBERT: the encoder stops, the whole head still trains",
    same("trainable"),
    points=1,
    hint="Print `trainable_names(model)` before and after. The head has four tensors.",
    cases="DistilBERT*",
)
freezing.check(
    "BERT and GPT-2: the encoder stops, the whole head still trains",
    same("trainable"),
    points=1,
    hint="Compare `print(model)` of two architectures: the encoder is not called the same. "
    "BERT's pooler belongs to its encoder.",
    cases=("BERT*", "drawn*"),
)
freezing.check(
    "any other architecture",
    same("trainable"),
    points=1,
    hint="Do not list names of parts: there is one attribute that every model has.",
    cases="another*",
)

LOOP = (
    "    for parameter in model.base_model.parameters():\n        parameter.requires_grad = False\n"
)


def by_name(condition):
    """Freezes the parameters whose ``name`` fulfils a condition."""
    return (
        "    for name, parameter in model.named_parameters():\n"
        f"        if {condition}:\n"
        "            parameter.requires_grad = False\n"
    )


freezing.mistake(
    "You freeze the head along with the encoder: nothing is left to train.",
    LOOP,
    "    for parameter in model.parameters():\n        parameter.requires_grad = False\n",
)
freezing.mistake(
    "You freeze the embeddings only. The layers above them belong to the encoder too.",
    LOOP,
    "    for parameter in model.get_input_embeddings().parameters():\n"
    "        parameter.requires_grad = False\n",
)
freezing.mistake(
    "You name DistilBERT's encoder. Other models call theirs otherwise.",
    LOOP,
    LOOP.replace("model.base_model", "model.distilbert"),
)
freezing.mistake(
    "You list what encoders are called. There are more architectures than in your list.",
    LOOP,
    by_name("name.startswith(('distilbert.', 'bert.', 'transformer.'))"),
)
freezing.mistake(
    "You spare what is called `classifier`. Not every head is called so.",
    LOOP,
    by_name("'classifier' not in name"),
)
freezing.mistake(
    "You spare only the layer called `classifier`, not the whole head.",
    LOOP,
    by_name("not name.startswith('classifier')"),
)
freezing.mistake(
    "You spare the last two tensors. The head may have more, or fewer.",
    LOOP,
    "    for parameter in list(model.parameters())[:-2]:\n"
    "        parameter.requires_grad = False\n",
)
freezing.mistake(
    "You freeze what has `encoder` in its name. DistilBERT has nothing of that name, BERT's "
    "embeddings neither.",
    LOOP,
    by_name("'encoder' in name"),
)
freezing.mistake(
    "You freeze the layers, and leave the embeddings to train.",
    LOOP,
    by_name("'layer.' in name or '.h.' in name"),
)
freezing.mistake(
    "You leave the pooler to train wherever there is one. BERT's belongs to its base model.",
    LOOP,
    by_name("name.startswith(model.base_model_prefix + '.') and 'pooler' not in name"),
)
freezing.mistake(
    "You freeze nothing: neither `requires_grad` set on a module nor evaluation mode stops a "
    "parameter.",
    LOOP,
    "    model.base_model.requires_grad = False\n",
)
freezing.mistake(
    "You freeze the head and leave the encoder to train.",
    LOOP,
    by_name("not name.startswith(model.base_model_prefix + '.')"),
)
freezing.mistake(
    "You freeze the matrices of the encoder, and leave its biases and norms to train.",
    LOOP,
    "    for parameter in model.base_model.parameters():\n"
    "        if parameter.ndim > 1:\n            parameter.requires_grad = False\n",
)
freezing.mistake(
    "You turn over what trains: what was frozen before trains now.",
    LOOP,
    "    for parameter in model.base_model.parameters():\n"
    "        parameter.requires_grad = not parameter.requires_grad\n",
)

# ------------------------------------------------------------------------ trainable_names
names = task("trainable_names")
names.case("nothing is frozen", public=True, model=classifier("distilbert", seed=1, layers=1))
names.case(
    "every second part is frozen",
    public=True,
    model=fixture(
        "frozen",
        model=classifier("distilbert", seed=2, layers=2),
        names=["*.bias", "*embeddings*", "*layer.1.*"],
    ),
)
names.case(
    "the head is frozen, not the encoder",
    model=fixture("frozen", model=classifier("gpt2", seed=3, layers=2), names=["score.*", "*ln_*"]),
)
names.case(
    "everything is frozen",
    model=fixture("frozen", model=classifier("bert", seed=4, layers=1), names=["*"]),
)
names.case(
    "a base model",
    model=fixture("frozen", model=model("bert", seed=5, layers=2), names=["*LayerNorm*"]),
)
names.case(
    "a model with gradients left over",
    model=fixture(
        "used",
        model=fixture(
            "frozen", model=classifier("distilbert", seed=6, layers=1), names=["distilbert.*"]
        ),
    ),
)


@names.cases
def some(rng):
    parts = ["*.bias", "*attention*", "*attn*", "*.weight", "*embeddings*", "*layer.0*", "*wpe*"]
    for arch in ("distilbert", "gpt2"):
        yield {
            "model": fixture(
                "frozen",
                model=classifier(arch, seed=rng.randrange(10_000), layers=2),
                names=rng.sample(parts, 2),
            )
        }


names.check(
    "the parameters that still train",
    same("", ordered=False),
    points=1,
    hint="Freeze one parameter by hand and see whether its name goes away.",
)
names.check(
    "in the model's order",
    same(""),
    points=1,
    hint="Neither sort the names nor collect them in a set.",
)

LISTED = "[name for name, parameter in model.named_parameters() if parameter.requires_grad]"
names.mistake(
    "You list all parameters, the frozen ones too.",
    LISTED,
    "[name for name, parameter in model.named_parameters()]",
)
names.mistake(
    "You list the frozen parameters, not those that train.",
    LISTED,
    LISTED.replace("if parameter", "if not parameter"),
)
names.mistake(
    "You sort the names. Asked is the model's own order.",
    LISTED,
    f"sorted({LISTED})",
)
names.mistake(
    "You turn the order over.",
    LISTED,
    f"{LISTED}[::-1]",
)
names.mistake(
    "You ask the tensors of `state_dict()`. They are detached copies: none of them trains.",
    LISTED,
    "[name for name, tensor in model.state_dict().items() if tensor.requires_grad]",
)
names.mistake(
    "You look for a gradient. A parameter that trains has none before the first step.",
    LISTED,
    LISTED.replace("parameter.requires_grad", "parameter.grad is not None and 1"),
)
names.mistake(
    "You list the head only. A part of the encoder may train as well.",
    LISTED,
    LISTED.replace(
        "if parameter.requires_grad",
        "if parameter.requires_grad and not name.startswith(model.base_model_prefix + '.')",
    ),
)
names.mistake(
    "You list the parts of the model, not its parameters.",
    LISTED,
    "[name for name, part in model.named_children() "
    "if any(p.requires_grad for p in part.parameters())]",
)
names.mistake(
    "You list each module's own name: the name of a parameter ends with `weight` or `bias`.",
    LISTED,
    "[name.rpartition('.')[0] for name, parameter in model.named_parameters() "
    "if parameter.requires_grad]",
)
names.mistake(
    "You cut off the front of the names. Give them as `named_parameters()` does.",
    LISTED,
    "[name.partition('.')[2] for name, parameter in model.named_parameters() "
    "if parameter.requires_grad]",
)
names.mistake(
    "You return the parameters themselves. Asked are their names.",
    LISTED,
    "[parameter for parameter in model.parameters() if parameter.requires_grad]",
)
names.mistake(
    "You return pairs of name and size. Asked are the names.",
    LISTED,
    "[(name, p.numel()) for name, p in model.named_parameters() if p.requires_grad]",
)

# ------------------------------------------------------------------------------- finetune
tuning = task("finetune", probe="finetune_trace", needs=("freeze_encoder", "trainable_names"))


def labelled(rows, labels, kind="dict", pad_id=0):
    """One batch with labels."""
    return batch(rows, labels=labels, kind=kind, pad_id=pad_id)


THREE = [
    labelled([[5, 6, 7], [8, 9]], [0, 0]),
    labelled([[10, 11, 12, 13], [14, 15, 16], [17, 18]], [1, 1, 0]),
    labelled([[20, 21, 22]], [0]),
]
FOUR = [
    labelled([[30, 31], [32, 33, 34], [35, 36, 37, 38, 39]], [2, 1, 2], kind="BatchEncoding"),
    labelled([[40, 41, 42], [43, 44]], [0, 2], kind="BatchEncoding"),
    labelled([[45, 46, 47, 48], [49, 50]], [1, 1], kind="BatchEncoding"),
    labelled([[51, 52]], [0], kind="BatchEncoding"),
]
LR = 3e-4

tuning.case(
    "a fresh head, three batches",
    public=True,
    model=fresh("distilbert", seed=1),
    batches=THREE,
    lr=LR,
)
tuning.case(
    "a fresh head with gradients left over",
    model=fixture("used", model=fresh("bert", seed=2, layers=2), seed=7),
    batches=THREE,
    lr=1.4 * LR,
)
tuning.case(
    "a fresh head, four batches, three labels",
    model=fresh("gpt2", seed=3, layers=2, num_labels=3, mode="train"),
    batches=FOUR,
    lr=LR,
)
tuning.case(
    "one batch",
    model=classifier("distilbert", seed=4, layers=2, mode="train"),
    batches=[labelled([[60, 61, 62, 63], [64, 65]], [1, 1])],
    lr=0.01,
)
tuning.case(
    "an encoder frozen in part",
    model=fixture("frozen", model=classifier("bert", seed=5, layers=2), names=["*embeddings*"]),
    batches=THREE,
    lr=0.02,
)
tuning.case(
    "RoBERTa with gradients left over",
    model=fixture("used", model=fixture("other_classifier", kind="roberta", seed=6), seed=8),
    batches=THREE[:2],
    lr=0.005,
)


@tuning.cases
def fresh_heads(rng):
    for arch in ("distilbert", "gpt2"):
        seed = rng.randrange(10_000)
        batches = []
        for size, labels in ((2, [0, 0]), (3, [1, 1, 0]), (2, [1, 1])):
            rows = [rng.sample(range(1, 97), rng.randrange(2, 7)) for _ in range(size)]
            batches.append(labelled(rows, labels))
        yield {
            "model": fixture("used", model=fresh(arch, seed=seed, layers=1), seed=seed),
            "batches": batches,
            "lr": rng.uniform(1.5e-4, 3e-4),
        }


tuning.check(
    "the loss before each step",
    same("losses", rtol=1e-6, atol=0.0),
    points=2,
    hint="One number a batch: the loss from which the step's gradients come. The first one is "
    "that of the untouched model.",
    cases=("a fresh*", "fresh_heads*"),
)
tuning.check(
    "the first loss is that of the untouched model",
    same("start"),
    points=0.5,
    hint="Compute the loss of the first batch before you call your function.",
)
tuning.check(
    "the encoder stays bit for bit, every tensor of the head moves",
    same("changed"),
    points=2,
    hint="Keep a copy of the state dict, call your function, and compare tensor by tensor with "
    "`torch.equal`.",
)
tuning.check(
    "the encoder is frozen while the head learns",
    same("trainable"),
    points=0.5,
    hint="Look at `trainable_names(model)` just before the model is called.",
)

FREEZE = "    freeze_encoder(model)\n    head"
OPTIMIZER = "    optimizer = AdamW(head, lr=lr)\n"
CLEAR = "        optimizer.zero_grad()\n"
STEP = "        optimizer.step()\n"
KEEP = "        losses.append(loss.item())\n"
RETURN = "    return losses\n"
tuning.mistake(
    "You do not freeze the encoder before the first step: all of the model is trained.",
    FREEZE,
    "    head",
)
tuning.mistake(
    "You never forget the old gradients: each step uses the sum of all so far, and of those left "
    "over from before.",
    CLEAR,
    "",
)
tuning.mistake(
    "You forget the gradients after each step only: those left over from before go into the first.",
    (CLEAR, ""),
    (STEP, STEP + CLEAR),
)
tuning.mistake(
    "You forget the gradients once, before the first batch. They add up after that.",
    (CLEAR, ""),
    (OPTIMIZER, OPTIMIZER + "    optimizer.zero_grad()\n"),
)
tuning.mistake(
    "Your optimizer knows the encoder too: gradients left over there move what you have frozen.",
    (OPTIMIZER, "    optimizer = AdamW(model.parameters(), lr=lr)\n"),
    (CLEAR, ""),
    (STEP, STEP + CLEAR),
)
tuning.mistake(
    "Your optimizer knows the encoder too, and its gradients are set to zero instead of `None`: "
    "weight decay still moves the encoder.",
    (OPTIMIZER, "    optimizer = AdamW(model.parameters(), lr=lr)\n"),
    (CLEAR, "        optimizer.zero_grad(set_to_none=False)\n"),
)
tuning.mistake(
    "You clip the gradients of the whole model: those left over in the encoder count in the norm.",
    STEP,
    "        from torch.nn.utils import clip_grad_norm_\n\n"
    "        clip_grad_norm_(model.parameters(), 1.0)\n" + STEP,
)
tuning.mistake(
    "You make a new optimizer for every batch: it forgets the earlier gradients.",
    (OPTIMIZER, ""),
    (CLEAR, "        optimizer = AdamW(head, lr=lr)\n" + CLEAR),
)
tuning.mistake(
    "You use SGD. Asked is AdamW.",
    (OPTIMIZER, "    from torch.optim import SGD\n\n    optimizer = SGD(head, lr=lr)\n"),
)
tuning.mistake(
    "Your learning rate is not `lr` but 0.001, AdamW's own default.",
    OPTIMIZER,
    "    optimizer = AdamW(head)\n",
)
tuning.mistake(
    "Your learning rate falls from step to step. It stays the same.",
    (
        OPTIMIZER,
        OPTIMIZER + "    from torch.optim.lr_scheduler import LinearLR\n\n"
        "    falling = LinearLR(optimizer, 1.0, 0.0, len(batches))\n",
    ),
    (STEP, STEP + "        falling.step()\n"),
)
tuning.mistake(
    "You compute the loss again after the step. Asked is the loss before it.",
    KEEP,
    "        losses.append(model(**batch).loss.item())\n",
)
tuning.mistake(
    "You return one number. Asked is one loss a batch.",
    RETURN,
    "    return sum(losses) / len(losses)\n",
)
tuning.mistake(
    "Your `return` stands inside the loop: only the first batch is used.",
    RETURN,
    "        return losses\n",
)
tuning.mistake(
    "You go through the batches twice. Asked is one step a batch.",
    "    for batch in batches:\n",
    "    for batch in [*batches, *batches]:\n",
)
tuning.mistake(
    "Your optimizer never steps: nothing moves.",
    STEP,
    "",
)
tuning.mistake(
    "Your optimizer knows the last layer only. The whole head is to move.",
    OPTIMIZER,
    "    optimizer = AdamW(head[-1:], lr=lr)\n",
)
tuning.mistake(
    "You collect the gradients of all batches for one step at the end. Asked is one step a batch.",
    (CLEAR, ""),
    (OPTIMIZER, OPTIMIZER + "    optimizer.zero_grad()\n"),
    (STEP, ""),
    (RETURN, "    optimizer.step()\n    return losses\n"),
)
tuning.mistake(
    "You freeze by hand what is called `encoder` and forget the rest of the base model.",
    FREEZE,
    "    for name, parameter in model.named_parameters():\n"
    "        if 'encoder' in name:\n            parameter.requires_grad = False\n    head",
)
tuning.mistake(
    "You multiply the loss by the number of rows. The model's loss is a mean already.",
    KEEP,
    '        losses.append(loss.item() * len(batch["labels"]))\n',
)

tuning.equivalent(
    "What is frozen gets no gradient, and one left over is forgotten before the first step: AdamW "
    "passes such a parameter by.",
    "[parameter for parameter in model.parameters() if parameter.requires_grad]",
    "[parameter for parameter in model.parameters() if True]",
)
tuning.equivalent(
    "A tensor of one number is as good as the number.",
    "losses.append(loss.item())",
    "losses.append(loss)",
)
