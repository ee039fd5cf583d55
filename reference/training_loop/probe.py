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
from torch.optim.optimizer import register_optimizer_step_post_hook
from transformers import PreTrainedModel


def train_epoch_trace(function, inputs):
    """The losses, the modes in which the model was called for each step, the learning rate at
    each step and after the last, and the weights afterwards. The inputs describe the optimizer
    and the scheduler; they are made here, because they must hold the model's own parameters."""
    model, loader = inputs["model"], inputs["loader"]
    optimizer = make_optimizer(model, **inputs["optimizer"])
    scheduler = make_scheduler(optimizer, **inputs["scheduler"])
    with watched(all=loader) as seen:
        result = function(model=model, loader=loader, optimizer=optimizer, scheduler=scheduler)
        losses = numbers(result)
    return {
        "losses": losses,
        "modes": sorted(seen["modes at steps"]),
        "rates": [*seen["rates"], optimizer.param_groups[0]["lr"]],
        "weights": copy_of(model),
    }


def evaluate_trace(function, inputs):
    """The loss, the modes at and after the calls of the model, and whether they built graphs."""
    model = inputs["model"]
    with watched(all=inputs["loader"]) as seen:
        loss = function(**inputs)
    return {
        "loss": number(loss),
        "modes": {
            "during": sorted(seen["all"]["modes"]),
            "after": sorted({part.training for part in model.modules()}),
        },
        "graphs": sorted(seen["all"]["graphs"]),
    }


def fit_trace(function, inputs):
    """What ``fit`` returned, the weights it left, and what it did on the way there."""
    model = inputs["model"]
    with watched(validation=inputs["val_loader"]) as seen:
        result = function(**inputs)
    facts = {
        "weights": copy_of(model),
        "rates": seen["rates"],
        "modes": {
            "training": sorted(seen["modes at steps"]),
            "validation": sorted(seen["validation"]["modes"]),
        },
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


def buffered(model):
    """The model with a buffer in its state dict, as one with a batch norm has."""
    model.register_buffer("steps_seen", torch.arange(3.0, dtype=torch.float64))
    return model


@contextmanager
def watched(**loaders):
    """What happens inside: ``rates``, the learning rate at every step of any optimizer (a number,
    or a list for unlike groups); ``modes at steps``, the modes of all modules in the last call of
    the model before the end of each step; and for each loader by its name the ``modes`` in the
    calls on its rows, and whether their outputs had ``graphs``. Rows are known by their ids."""
    name_of = {
        tuple(row): name
        for name, loader in loaders.items()
        for batch in loader
        for row in batch["input_ids"].tolist()
    }
    seen = {name: {"modes": set(), "graphs": set()} for name in loaders}
    seen |= {"rates": [], "modes at steps": set()}
    begun = set()  # modes of a call that has begun and has not looked up its ids yet
    latest = {"modes": set(), "graphs": set()}

    def before_module(module, arguments):
        if isinstance(module, PreTrainedModel):
            begun.update(part.training for part in module.modules())
        elif begun and isinstance(module, torch.nn.Embedding):
            latest["modes"] = set(begun)
            begun.clear()
            found = seen.get(name_of.get(tuple(arguments[0][0].tolist())))
            latest["graphs"] = found["graphs"] if found else set()
            if found:
                found["modes"] |= latest["modes"]

    def after_module(module, arguments, output):
        if isinstance(module, PreTrainedModel):
            latest["graphs"].update(part.requires_grad for part in tensors(output))

    def after_step(optimizer, arguments, options):  # a step may call the model, in a closure
        rates = sorted({float(group["lr"]) for group in optimizer.param_groups})
        seen["rates"].append(rates[0] if len(rates) == 1 else rates)
        seen["modes at steps"] |= latest["modes"]

    handles = [
        register_module_forward_pre_hook(before_module),
        register_module_forward_hook(after_module),
        register_optimizer_step_post_hook(after_step),
    ]
    try:
        yield seen
    finally:
        for handle in handles:
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
