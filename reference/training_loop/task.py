"""Topic 8: the training loop. Loss, learning rate, modes, the best epoch and its state."""

from grader import fixture, loader, model, same, task

SGD = {"name": "SGD", "lr": 0.1}
ADAMW = {"name": "AdamW", "lr": 0.003, "weight_decay": 0.01}
TO_ZERO = {"name": "LinearLR", "start_factor": 1.0, "end_factor": 0.0}
WARM_UP = {"name": "LinearLR", "start_factor": 0.25, "end_factor": 1.0}


def classifier(arch, **options):
    """A tiny sequence classifier of the architecture."""
    return model(arch, head="sequence-classification", **options)


def calm(arch, **options):
    """The same with small gradients, so that clipping them to norm 1 changes nothing: the text
    forbids clipping to `fit` alone."""
    factors = {
        "distilbert": {"pre_classifier__weight": 0.1, "classifier__weight": 0.1},
        "bert": {"bert__pooler__dense__weight": 0.1, "classifier__weight": 0.1},
        "gpt2": {"transformer__ln_f__weight": 0.05, "score__weight": 0.1},
    }
    return fixture("calm", model=classifier(arch, **options), **factors[arch])


# ---------------------------------------------------------------------------- train_epoch
epoch = task("train_epoch", probe="train_epoch_trace")
epoch.case(
    "three batches, the last one short",
    public=True,
    model=calm("distilbert", seed=1, layers=2),
    loader=loader(rows=7, batch_size=3, seed=1),
    optimizer=SGD,
    scheduler={**TO_ZERO, "total_iters": 6},
)
epoch.case(
    "a model in evaluation mode",
    model=calm("bert", seed=2),
    loader=loader(rows=9, batch_size=2, seed=2),
    optimizer=ADAMW,
    scheduler={**TO_ZERO, "total_iters": 5},
)
epoch.case(
    "a model in training mode",
    model=calm("distilbert", seed=3, mode="train", num_labels=3),
    loader=loader(rows=8, batch_size=2, seed=3, num_labels=3),
    optimizer={**SGD, "momentum": 0.9, "nesterov": True},
    scheduler={"name": "StepLR", "step_size": 1, "gamma": 0.5},
)
epoch.case(
    "one batch only",
    model=calm("gpt2", seed=4),
    loader=loader(rows=3, batch_size=8, seed=4),
    optimizer=ADAMW,
    scheduler={"name": "ExponentialLR", "gamma": 0.5},
)
epoch.case(
    "a schedule that warms up",
    model=calm("gpt2", seed=5, mode="train"),
    loader=loader(rows=5, batch_size=1, seed=5),
    optimizer={"name": "RMSprop", "lr": 0.002},
    scheduler={**WARM_UP, "total_iters": 3},
)


@epoch.cases
def loaders(rng):
    for arch in ("distilbert", "bert"):
        yield {
            "model": calm(arch, seed=rng.randrange(10_000), mode=rng.choice(["train", "eval"])),
            "loader": loader(
                rows=rng.randrange(5, 10), batch_size=rng.randrange(2, 4), seed=rng.randrange(9_999)
            ),
            "optimizer": {**SGD, "lr": rng.uniform(0.03, 0.07)},
            "scheduler": {**TO_ZERO, "total_iters": rng.randrange(7, 12)},
        }


epoch.check(
    "one loss a step, taken before the step",
    same("losses"),
    points=1,
    hint="The list has one number a batch: the loss from which the step's gradients come.",
)
epoch.check(
    "the model has learned from every batch",
    same("weights"),
    points=1,
    hint="After one batch, compare the weights with those of one plain step of the optimizer.",
)
epoch.check(
    "the scheduler steps after every optimizer step",
    same("rates"),
    points=0.5,
    hint="Print `scheduler.get_last_lr()` beside each step, and once more after the last.",
)
epoch.check(
    "the model is in training mode while it learns",
    same("modes"),
    points=0.5,
    hint="Print `model.training` just before the model is called.",
)

epoch.mistake(
    "You never forget the old gradients: each step uses the sum of all batches so far.",
    "        optimizer.zero_grad()\n",
    "",
)
epoch.mistake(
    "You forget the gradients after they were computed, so the optimizer has none to use.",
    ("        optimizer.zero_grad()\n", ""),
    ("        loss.backward()\n", "        loss.backward()\n        optimizer.zero_grad()\n"),
)
epoch.mistake(
    "You train in whatever mode the model came in. A freshly loaded model is in evaluation mode.",
    "    model.train()\n",
    "",
)
epoch.mistake(
    "You put the model into evaluation mode to train it: its dropout is off.",
    "    model.train()\n",
    "    model.eval()\n",
)
epoch.mistake(
    "Your scheduler steps once an epoch. It has to step after every step of the optimizer.",
    ("        scheduler.step()\n", ""),
    ("    return losses\n", "    scheduler.step()\n    return losses\n"),
)
epoch.mistake(
    "Your scheduler never steps: the learning rate stays as it was.",
    "        scheduler.step()\n",
    "",
)
epoch.mistake(
    "Your scheduler steps before the optimizer: the first learning rate is never used.",
    "        optimizer.step()\n        scheduler.step()\n",
    "        scheduler.step()\n        optimizer.step()\n",
)
epoch.mistake(
    "Your scheduler steps only between two steps, not after the last one: the next epoch begins "
    "with a learning rate that was used already.",
    "        optimizer.zero_grad()\n        loss = model(**batch).loss\n        loss.backward()\n"
    "        optimizer.step()\n        scheduler.step()\n",
    "        if losses:\n            scheduler.step()\n        optimizer.zero_grad()\n"
    "        loss = model(**batch).loss\n        loss.backward()\n        optimizer.step()\n",
)
epoch.mistake(
    "You compute the loss again after the step. It is the loss before the step that counts.",
    "        losses.append(loss.item())",
    "        losses.append(model(**batch).loss.item())",
)
epoch.mistake(
    "You return the average so far instead of each step's own loss.",
    "    return losses\n",
    "    return [sum(losses[: i + 1]) / (i + 1) for i in range(len(losses))]\n",
)
epoch.mistake(
    "You return one number for the whole epoch. There is one loss a step.",
    "    return losses\n",
    "    return sum(losses) / len(losses)\n",
)
epoch.mistake(
    "You multiply the loss by the number of rows. The model's loss is a mean already.",
    "        losses.append(loss.item())",
    '        losses.append(loss.item() * len(batch["labels"]))',
)
epoch.mistake(
    "Your `return` stands inside the loop: only the first batch is learned from.",
    "    return losses\n",
    "        return losses\n",
)
epoch.mistake(
    "You leave out the last batch when it is shorter than the others.",
    "        optimizer.zero_grad()\n",
    '        if len(batch["labels"]) < loader.batch_size:\n            break\n'
    "        optimizer.zero_grad()\n",
)
epoch.mistake(
    "You make an optimizer of your own instead of using the one you are given.",
    "    model.train()\n    losses = []\n",
    "    model.train()\n    losses = []\n    optimizer = AdamW(model.parameters(), lr=0.01)\n",
)
epoch.equivalent(
    "A number and a tensor of no axes are interchangeable in a result, and the text leaves open "
    "whether it is detached.",
    "losses.append(loss.item())",
    "losses.append(loss)",
)

# ------------------------------------------------------------------------------- evaluate
held = task("evaluate", probe="evaluate_trace")
held.case(
    "a model in training mode",
    public=True,
    model=classifier("distilbert", seed=1, mode="train"),
    loader=loader(rows=7, batch_size=3, seed=1),
)
held.case(
    "a model in evaluation mode",
    model=classifier("bert", seed=2, num_labels=3),
    loader=loader(rows=8, batch_size=3, seed=2, num_labels=3),
)
held.case(
    "one batch only",
    model=classifier("gpt2", seed=3, mode="train"),
    loader=loader(rows=3, batch_size=8, seed=3),
)
held.case(
    "a last batch of one row",
    model=classifier("distilbert", seed=4),
    loader=loader(rows=9, batch_size=4, seed=4),
)


@held.cases
def unseen(rng):
    for arch in ("distilbert", "bert", "gpt2"):
        size = rng.randrange(2, 5)
        yield {
            "model": classifier(
                arch, seed=rng.randrange(10_000), mode=rng.choice(["train", "eval"])
            ),
            "loader": loader(rows=2 * size + 1, batch_size=size, seed=rng.randrange(10_000)),
        }


held.check(
    "the mean of the batch losses",
    same("loss"),
    points=1,
    hint="Write down the loss of each batch by hand and take their mean.",
)
held.check(
    "evaluation mode inside, the former mode afterwards",
    same("modes"),
    points=1,
    hint="Call it once after `model.train()` and once after `model.eval()`; look at "
    "`model.training` inside and afterwards.",
)
held.check(
    "no gradients are computed",
    same("graphs"),
    points=0.5,
    hint="Look at `requires_grad` of the logits inside your loop.",
)

held.mistake(
    "You evaluate in whatever mode the model came in: dropout may still be on.",
    ("    was_training = model.training\n    model.eval()\n", ""),
    ("    model.train(was_training)\n", ""),
)
held.mistake(
    "You leave the model in evaluation mode. Whoever trains on afterwards trains without dropout.",
    "    model.train(was_training)\n",
    "",
)
held.mistake(
    "You always leave the model in training mode, also when it came in evaluation mode.",
    "    model.train(was_training)\n",
    "    model.train()\n",
)
held.mistake(
    "You have the modes the wrong way round: training mode inside, evaluation mode afterwards.",
    ("    model.eval()\n", "    model.train()\n"),
    ("    model.train(was_training)\n", "    model.eval()\n"),
)
held.mistake(
    "You compute gradients that nobody uses. Evaluate without them: it is faster and smaller.",
    "    with torch.no_grad():\n        for batch in loader:\n            losses.append(",
    "    if True:\n        for batch in loader:\n            losses.append(",
)
held.mistake(
    "You weigh each batch by its rows. Asked is the mean of the batch losses.",
    (
        "            losses.append(model(**batch).loss.item())",
        '            losses += [model(**batch).loss.item()] * len(batch["labels"])',
    ),
)
held.mistake(
    "You return the sum of the losses, not their mean.",
    "    return sum(losses) / len(losses)\n",
    "    return sum(losses)\n",
)
held.mistake(
    "You divide by the number of rows. There is one loss a batch: divide by the number of batches.",
    "    return sum(losses) / len(losses)\n",
    "    return sum(losses) / len(loader.dataset)\n",
)
held.mistake(
    "You divide by rows over batch size, which is no whole number when the last batch is short.",
    "    return sum(losses) / len(losses)\n",
    "    return sum(losses) * loader.batch_size / len(loader.dataset)\n",
)
held.mistake(
    "You return the loss of the last batch only.",
    "    return sum(losses) / len(losses)\n",
    "    return losses[-1]\n",
)
held.mistake(
    "Your `return` stands inside the loop: only the first batch counts.",
    "    model.train(was_training)\n    return sum(losses) / len(losses)\n",
    "            model.train(was_training)\n            return sum(losses) / len(losses)\n",
)
held.mistake(
    "You leave out the last batch when it is shorter than the others.",
    "    return sum(losses) / len(losses)\n",
    "    losses = losses[: max(1, len(loader.dataset) // loader.batch_size)]\n"
    "    return sum(losses) / len(losses)\n",
)
held.mistake(
    "Your sum starts from a stale loss, as the lecture's does. It must start from nothing.",
    "    return sum(losses) / len(losses)\n",
    "    return sum(losses, losses[-1]) / len(losses)\n",
)
held.mistake(
    "You return the share of wrong answers. Asked is the loss.",
    "            losses.append(model(**batch).loss.item())",
    '            wrong = model(**batch).logits.argmax(-1) != batch["labels"]\n'
    "            losses.append(wrong.double().mean().item())",
)
held.equivalent(
    "A number and a tensor of no axes are interchangeable in a result.",
    "model(**batch).loss.item()",
    "model(**batch).loss",
)

# ------------------------------------------------------------------------------------ fit
fit = task("fit", probe="fit_trace", needs=("train_epoch", "evaluate"))
fit.case(
    "four epochs, the second is the best",
    public=True,
    model=classifier("distilbert", seed=15, layers=2),
    train_loader=loader(rows=7, batch_size=3, seed=15),
    val_loader=loader(rows=5, batch_size=3, seed=115),
    num_epochs=4,
    lr=0.02,
    weight_decay=0.3,
)
fit.case(
    "the second epoch is the best by far",
    model=classifier("bert", seed=19, layers=2, mode="train"),
    train_loader=loader(rows=7, batch_size=3, seed=19),
    val_loader=loader(rows=5, batch_size=3, seed=119),
    num_epochs=4,
    lr=0.02,
    weight_decay=0.3,
)
fit.case(
    "the first epoch is the best",
    model=classifier("distilbert", seed=1, layers=2),
    train_loader=loader(rows=7, batch_size=3, seed=1),
    val_loader=loader(rows=5, batch_size=3, seed=101),
    num_epochs=4,
    lr=0.006,
    weight_decay=0.3,
)
fit.case(
    "no validation loss is below one",
    model=classifier("gpt2", seed=7, layers=2),
    train_loader=loader(rows=7, batch_size=3, seed=7),
    val_loader=loader(rows=5, batch_size=3, seed=107),
    num_epochs=4,
    lr=0.02,
    weight_decay=0.3,
)
fit.case(
    "all epochs are as good",
    model=classifier("distilbert", seed=5, layers=1),
    train_loader=loader(rows=4, batch_size=3, seed=5),
    val_loader=loader(rows=3, batch_size=2, seed=105),
    num_epochs=3,
    lr=1e-30,  # too small to change any weight
)
fit.case(
    "one batch an epoch",
    # its state dict holds more than parameters
    model=fixture(
        "buffered", model=classifier("bert", seed=6, layers=1, mode="train", num_labels=3)
    ),
    train_loader=loader(rows=3, batch_size=8, seed=6, num_labels=3),
    val_loader=loader(rows=5, batch_size=2, seed=106, num_labels=3),
    num_epochs=3,
    lr=0.02,
    weight_decay=0.0,
)
fit.case(
    "one epoch, the weight decay left out",
    model=classifier("gpt2", seed=8, layers=1),
    train_loader=loader(rows=4, batch_size=1, seed=8),
    val_loader=loader(rows=2, batch_size=2, seed=108),
    num_epochs=1,
    lr=0.05,
)


@fit.cases
def runs(rng):
    for arch in ("distilbert", "gpt2"):
        seed = rng.randrange(10_000)
        yield {
            "model": classifier(arch, seed=seed, layers=1, mode=rng.choice(["train", "eval"])),
            "train_loader": loader(rows=rng.randrange(4, 7), batch_size=3, seed=seed),
            "val_loader": loader(rows=rng.randrange(2, 6), batch_size=4, seed=seed + 10_000),
            "num_epochs": rng.randrange(2, 5),
            "lr": rng.uniform(0.005, 0.02),
            "weight_decay": rng.uniform(0.05, 0.3),
        }


fit.check(
    "the loss of every step",
    same("train_losses"),
    points=0.75,
    hint="One flat list: after two epochs of three batches it has six numbers.",
)
fit.check(
    "a validation loss every epoch",
    same("val_losses"),
    points=0.75,
    hint="Evaluate on the validation loader after each epoch's training.",
)
fit.check(
    "the learning rate falls linearly to zero over all epochs",
    same("rates"),
    points=0.75,
    hint="Print the learning rate before each step. With six steps the first is `lr` and the "
    "last is a sixth of it.",
)
fit.check(
    "the best epoch, counted from 0",
    same("best_epoch"),
    points=0.5,
    hint="Compare it with the position of the smallest validation loss.",
)
fit.check(
    "the state of the best epoch is kept",
    same("best_state"),
    points=1,
    hint="Load the kept state into the model and evaluate again: the best loss must come out.",
)
fit.check(
    "the model ends with the weights of the last step",
    same("weights"),
    points=0.5,
    hint="Nothing may be loaded into the model at the end; the best state is only handed back.",
)
fit.check(
    "training mode to train, evaluation mode to evaluate",
    same("modes"),
    points=0.25,
    hint="Print `model.training` before each call of the model, in the second epoch too.",
)

OPTIMIZER = "AdamW(model.parameters(), lr=lr, weight_decay=weight_decay)"
STEPS = "    total_steps = num_epochs * len(train_loader)\n"
SCHEDULER = "get_linear_schedule_with_warmup(optimizer, 0, total_steps)"
KEPT = "            best_state = copy.deepcopy(model.state_dict())\n"
TRAINED = "        train_losses += train_epoch(model, train_loader, optimizer, scheduler)\n"
VALIDATED = "        val_losses.append(evaluate(model, val_loader))\n"
NO_BEST = "    best_loss = math.inf\n"
BETTER = "        if val_losses[-1] < best_loss:\n"

fit.mistake(
    "You keep the model's own tensors: later steps change them. A new dict of the same tensors is "
    "no copy either.",
    KEPT,
    "            best_state = model.state_dict()\n",
)
fit.mistake(
    "You keep the parameters alone. A state dict holds buffers besides.",
    KEPT,
    "            best_state = {k: p.detach().clone() for k, p in model.named_parameters()}\n",
)
fit.mistake(
    "Your schedule ends with the first epoch: all later epochs train with a learning rate of zero.",
    STEPS,
    "    total_steps = len(train_loader)\n",
)
fit.mistake(
    "Your schedule counts epochs, and the scheduler steps once a batch: it is at zero too early.",
    STEPS,
    "    total_steps = num_epochs\n",
)
fit.mistake(
    "Your schedule counts the batches of the validation loader.",
    STEPS,
    "    total_steps = num_epochs * len(val_loader)\n",
)
fit.mistake(
    "Your schedule counts rows, not batches: the learning rate never comes down to zero.",
    STEPS,
    "    total_steps = num_epochs * len(train_loader.dataset)\n",
)
fit.mistake(
    "Your schedule counts whole batches only and forgets the short last one.",
    STEPS,
    "    total_steps = num_epochs * max(1, len(train_loader.dataset) // train_loader.batch_size)\n",
)
fit.mistake(
    "Your learning rate is zero one step too early: the last step learns nothing.",
    SCHEDULER,
    "get_linear_schedule_with_warmup(optimizer, 0, max(1, total_steps - 1))",
)
fit.mistake(
    "Your schedule warms up first. Asked is one without warm-up.",
    SCHEDULER,
    "get_linear_schedule_with_warmup(optimizer, math.ceil(0.1 * total_steps), total_steps)",
)
fit.mistake(
    "Your learning rate stays as it is. It has to fall linearly to zero.",
    SCHEDULER,
    "torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 1.0)",
)
fit.mistake(
    "Your learning rate falls along a cosine, not along a line.",
    SCHEDULER,
    "torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, total_steps)",
)
fit.mistake(
    "You use `LinearLR` with its defaults, which rises for five steps. Say where it starts, where "
    "it ends and after how many steps.",
    SCHEDULER,
    "torch.optim.lr_scheduler.LinearLR(optimizer)",
)
fit.mistake(
    "You make a new optimizer and a new scheduler every epoch: the learning rate jumps back up.",
    TRAINED,
    "        optimizer = AdamW(model.parameters(), lr, weight_decay=weight_decay)\n"
    "        scheduler = get_linear_schedule_with_warmup(optimizer, 0, len(train_loader))\n"
    + TRAINED,
)
fit.mistake(
    "You forget `weight_decay`: AdamW then takes its own default.",
    OPTIMIZER,
    "AdamW(model.parameters(), lr=lr)",
)
fit.mistake(
    "You forget `lr`: AdamW then takes its own default.",
    OPTIMIZER,
    "AdamW(model.parameters(), weight_decay=weight_decay)",
)
fit.mistake(
    "You use Adam, whose weight decay goes through the gradient. Asked is AdamW.",
    OPTIMIZER,
    "torch.optim.Adam(model.parameters(), lr=lr, weight_decay=weight_decay)",
)
fit.mistake(
    "You use SGD. Asked is AdamW.",
    OPTIMIZER,
    "torch.optim.SGD(model.parameters(), lr=lr, weight_decay=weight_decay)",
)
fit.mistake(
    "You make two parameter groups and spare biases and norms the decay. Asked is one group.",
    OPTIMIZER,
    "AdamW([{'params': [p for p in model.parameters() if p.ndim > 1]}, "
    "{'params': [p for p in model.parameters() if p.ndim < 2], 'weight_decay': 0.0}], "
    "lr=lr, weight_decay=weight_decay)",
)
fit.mistake(
    "You train the head alone: the optimizer holds too few of the model's parameters.",
    OPTIMIZER,
    "AdamW(list(model.parameters())[-2:], lr=lr, weight_decay=weight_decay)",
)
fit.mistake(
    "Your `<=` lets a later epoch win a tie. The first one wins.",
    BETTER,
    "        if val_losses[-1] <= best_loss:\n",
)
fit.mistake(
    "You keep the epoch with the highest validation loss.",
    (BETTER, "        if val_losses[-1] > best_loss:\n"),
    (NO_BEST, "    best_loss = -math.inf\n"),
)
fit.mistake(
    "You keep the last epoch, not the best one.",
    BETTER,
    "        if True:\n",
)
fit.mistake(
    "You keep the first epoch and never compare again: remember the best loss along with it.",
    BETTER,
    "        if epoch == 0:\n",
)
fit.mistake(
    "You compare each epoch with the one before it. Compare it with the best so far.",
    BETTER,
    "        if len(val_losses) < 2 or val_losses[-1] < val_losses[-2]:\n",
)
fit.mistake(
    "You choose the best epoch by its training loss. The validation loss decides.",
    BETTER + "            best_epoch, best_loss = epoch, val_losses[-1]\n",
    "        epoch_loss = sum(train_losses[-len(train_loader) :])\n"
    "        if epoch_loss < best_loss:\n"
    "            best_epoch, best_loss = epoch, epoch_loss\n",
)
fit.mistake(
    "Your best loss starts from 1, so an epoch above it is never kept. Start from infinity.",
    NO_BEST,
    "    best_epoch, best_loss, best_state = 0, 1.0, copy.deepcopy(model.state_dict())\n",
)
fit.mistake(
    "You count epochs from 1. The first one is epoch 0.",
    '        "best_epoch": best_epoch,\n',
    '        "best_epoch": best_epoch + 1,\n',
)
fit.mistake(
    "You keep the state of before the best epoch's training, not of after it.",
    (TRAINED, "        before = copy.deepcopy(model.state_dict())\n" + TRAINED),
    (KEPT, "            best_state = before\n"),
)
fit.mistake(
    "You load the best state into the model at the end. It has to keep the weights of the last "
    "step.",
    "    return {\n",
    "    model.load_state_dict(best_state)\n    return {\n",
)
fit.mistake(
    "You return one training loss an epoch. Asked is one for every step.",
    TRAINED,
    "        losses = train_epoch(model, train_loader, optimizer, scheduler)\n"
    "        train_losses.append(sum(losses) / len(losses))\n",
)
fit.mistake(
    "You return the training losses of the last epoch only.",
    TRAINED,
    "        train_losses = train_epoch(model, train_loader, optimizer, scheduler)\n",
)
fit.mistake(
    "You return one list of training losses an epoch. Asked is one flat list.",
    "        train_losses += train_epoch(model, train_loader, optimizer, scheduler)\n",
    "        train_losses.append(train_epoch(model, train_loader, optimizer, scheduler))\n",
)
fit.mistake(
    "You evaluate on the training loader.",
    VALIDATED,
    "        val_losses.append(evaluate(model, train_loader))\n",
)
fit.mistake(
    "You evaluate before the epoch's training, not after it.",
    (TRAINED + VALIDATED, VALIDATED + TRAINED),
)
fit.mistake(
    "You stop at the first epoch that is no better. All epochs are to be trained.",
    BETTER,
    "        if len(val_losses) > 1 and val_losses[-1] > best_loss:\n            break\n" + BETTER,
)
fit.mistake(
    "You forget the first epoch when you count: `num_epochs` epochs are to be trained.",
    "    for epoch in range(num_epochs):\n",
    "    for epoch in range(num_epochs - 1 or 1):\n",
)


def by_hand(before="", every="        model.train()\n", clip="", start="0.0", held="model.eval()"):
    """`fit` with both loops written out, as the lecture does."""
    return f"""
def fit(model, train_loader, val_loader, num_epochs, lr, weight_decay=0.01):
    optimizer = AdamW(model.parameters(), lr=lr, weight_decay=weight_decay)
    total_steps = num_epochs * len(train_loader)
    scheduler = get_linear_schedule_with_warmup(optimizer, 0, total_steps)
    train_losses, val_losses = [], []
    best_epoch, best_loss, best_state = None, math.inf, None
{before}    for epoch in range(num_epochs):
{every}        for batch in train_loader:
            optimizer.zero_grad()
            loss = model(**batch).loss
            loss.backward()
{clip}            optimizer.step()
            scheduler.step()
            train_losses.append(loss.item())
        {held}
        total = {start}
        with torch.no_grad():
            for batch in val_loader:
                total += model(**batch).loss.item()
        val_losses.append(total / len(val_loader))
        if val_losses[-1] < best_loss:
            best_epoch, best_loss = epoch, val_losses[-1]
            best_state = copy.deepcopy(model.state_dict())
    return {{
        "train_losses": train_losses,
        "val_losses": val_losses,
        "best_epoch": best_epoch,
        "best_state": best_state,
    }}
"""


fit.mistake(
    "You call `model.train()` once, before the first epoch. Evaluation switched it off again.",
    source=by_hand(before="    model.train()\n", every=""),
)
fit.mistake(
    "You never put the model into evaluation mode to evaluate it.",
    source=by_hand(held="pass"),
)
fit.mistake(
    "You clip the gradients. Asked is a loop without clipping.",
    source=by_hand(clip="            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)\n"),
)
fit.mistake(
    "Your validation sum starts from a stale `loss`, as the lecture's does: the last training loss "
    "is in it.",
    source=by_hand(start="loss.item()"),
)
fit.mistake(
    "Your validation sum is never reset: each epoch's loss holds those of the epochs before.",
    source=by_hand(before="    total = 0.0\n", start="total"),
)
