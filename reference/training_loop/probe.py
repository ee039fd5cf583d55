"""Watches a training loop from outside. In: the student's function and live inputs. Out: facts.

Forward calls are seen through torch's hooks for all modules and optimizer steps through its hook
for all optimizers, so nothing hangs on the model that a deep copy or a pickle of it would meet.
"""

import warnings
from collections.abc import Mapping
from contextlib import contextmanager

import numpy as np
import torch
from torch.nn.modules.module import register_module_forward_hook, register_module_forward_pre_hook
from torch.optim.optimizer import register_optimizer_step_pre_hook
from transformers import PreTrainedModel


def train_epoch_trace(function, inputs):
    """``losses``, the mode at each forward, the learning rate at each step and after the last,
    and the weights afterwards. The inputs describe the optimizer and the scheduler; they are made
    here, because they must hold the model's own parameters."""
    model = inputs["model"]
    optimizer = make_optimizer(model, **inputs["optimizer"])
    scheduler = make_scheduler(optimizer, **inputs["scheduler"])
    with watched(all=inputs["loader"]) as seen, optimizer_steps() as rates:
        losses = numbers(
            function(
                model=model, loader=inputs["loader"], optimizer=optimizer, scheduler=scheduler
            )
        )
    return {
        "losses": losses,
        "modes": sorted(seen["all"]["modes"]),
        "rates": [*rates, optimizer.param_groups[0]["lr"]],
        "weights": copy_of(model),
    }


def evaluate_trace(function, inputs):
    """The loss, the modes at and after the forwards, and whether they built gradient graphs."""
    model = inputs["model"]
    with watched(all=inputs["loader"]) as seen:
        loss = function(**inputs)
    during = sorted(seen["all"]["modes"])
    after = sorted({part.training for part in model.modules()})
    return {
        "loss": number(loss),
        "modes": {"during": during, "after": after},
        "graphs": sorted(seen["all"]["graphs"]),
    }


def fit_trace(function, inputs):
    """What ``fit`` returned, the weights it left, and what it did on the way there."""
    model = inputs["model"]
    loaders = {"training": inputs["train_loader"], "validation": inputs["val_loader"]}
    with watched(**loaders) as seen, optimizer_steps() as rates:
        result = function(**inputs)
    facts = {
        "weights": copy_of(model),
        "rates": rates,
        "modes": {phase: sorted(facts["modes"]) for phase, facts in seen.items()},
    }
    # Whoever trains the model further must not change the state that was kept.
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(1.0)
    if not isinstance(result, Mapping):
        return {"result": result, **facts}
    lists = {key: numbers(result[key]) for key in ("train_losses", "val_losses") if key in result}
    return {**dict(result), **lists, **facts}


def make_optimizer(model, name, **options):
    """An optimizer of torch over all parameters of the model: ``name="SGD", lr=0.1``."""
    return getattr(torch.optim, name)(model.parameters(), **options)


def make_scheduler(optimizer, name, **options):
    """A scheduler of torch: ``name="StepLR", step_size=2``."""
    return getattr(torch.optim.lr_scheduler, name)(optimizer, **options)


def calm(model, **factors):
    """The model with some tensors scaled: names are written with ``__`` for the dots."""
    state = model.state_dict()
    with torch.no_grad():
        for name, factor in factors.items():
            state[name.replace("__", ".")].mul_(factor)
    return model


@contextmanager
def watched(**loaders):
    """The modes of all modules at each forward, and whether its outputs need gradients, for each
    loader by its name. Which loader a forward belongs to is told by its rows of ids."""
    phase_of = {
        tuple(row): phase
        for phase, loader in loaders.items()
        for batch in loader
        for row in batch["input_ids"].tolist()
    }
    seen = {phase: {"modes": set(), "graphs": set()} for phase in loaders}
    modes = set()  # of the forward that has begun and has not looked up its ids yet
    phase = None

    def before(module, arguments):
        nonlocal phase
        if isinstance(module, PreTrainedModel):
            modes.update(part.training for part in module.modules())
        elif isinstance(module, torch.nn.Embedding) and arguments and arguments[0].ndim == 2:
            found = phase_of.get(tuple(arguments[0][0].tolist()))
            if found is not None:
                phase = found
                seen[phase]["modes"].update(modes)
                modes.clear()

    def after(module, arguments, output):
        if isinstance(module, PreTrainedModel) and phase is not None:
            seen[phase]["graphs"].update(part.requires_grad for part in tensors(output))

    handles = [register_module_forward_pre_hook(before), register_module_forward_hook(after)]
    try:
        yield seen
    finally:
        for handle in handles:
            handle.remove()


@contextmanager
def optimizer_steps():
    """The learning rate at every step of any optimizer: a number, or a list for unlike groups."""
    rates = []

    def before(optimizer, arguments, options):
        found = sorted({float(group["lr"]) for group in optimizer.param_groups})
        rates.append(found[0] if len(found) == 1 else found)

    handle = register_optimizer_step_pre_hook(before)
    try:
        yield rates
    finally:
        handle.remove()


def tensors(output):
    """The tensors right inside a model's output, which is a mapping or a tuple."""
    parts = output.values() if isinstance(output, Mapping) else output
    parts = parts if not isinstance(parts, torch.Tensor) else [parts]
    return [part for part in parts if isinstance(part, torch.Tensor)]


def copy_of(model):
    """The state dict as it is now."""
    return {name: tensor.detach().clone() for name, tensor in model.state_dict().items()}


def numbers(values):
    """A list of floats, whatever sequence of numbers came; anything else as it came."""
    try:
        return [number(value) for value in values]
    except TypeError:
        return values


def number(value):
    """The float in a tensor or array of no axes; anything else as it came."""
    if isinstance(value, torch.Tensor) and value.ndim == 0:
        return float(value.detach())
    return value


def double_train_epoch(model, loader, optimizer, scheduler):
    """Stands in for `train_epoch` where that one is wrong. It does not train: it pulls every
    weight along a fixed curve, by as much as the optimizer and the scheduler it is given say."""
    rates = []
    for batch in loader:
        # numpy's floats are floats, and have the `item` of a tensor besides
        rates.append(np.float64(optimizer.param_groups[0]["lr"] * len(batch["labels"])))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # torch wants the two the other way round
            scheduler.step()
        for parameter in model.parameters():
            parameter.grad = torch.cos(3.0 * parameter.detach())
        optimizer.step()
    return rates


def double_evaluate(model, loader):
    """Stands in for `evaluate` where that one is wrong: a number that moves with the weights."""
    rows = sum(len(batch["labels"]) for batch in loader)
    weight = sum(float(parameter.detach().sum()) for parameter in model.parameters())
    return 2.0 + rows + np.sin(weight)
