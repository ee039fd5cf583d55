"""What the functions of `task_heads` loaded and predicted, and folders to load from.

In: a student's function and its inputs. Out: dicts of tensors, names and shapes. No expected value
is in here. Calls of a model are seen through torch's hooks for all modules.
"""

import tempfile
from collections.abc import Mapping
from pathlib import Path

import torch
from torch.nn.modules.module import register_module_forward_hook, register_module_forward_pre_hook
from torch.overrides import TorchFunctionMode
from transformers import PreTrainedModel

IDS = torch.tensor([[2, 40, 90, 17, 3, 0], [2, 71, 3, 0, 0, 0]])
MASK = torch.tensor([[1, 1, 1, 1, 1, 0], [1, 1, 1, 0, 0, 0]])
DETACHING = {
    *(torch.detach, torch.detach_, torch.Tensor.detach, torch.Tensor.detach_),
    torch.Tensor.data.__get__,
}
SOME = 30  # entries of a vocabulary that are looked at


def loaded(function, inputs):
    """The kind of model, the hidden states of its encoder, and the options that it was given.

    Where the checkpoint holds the head as well, the predictions too. `task` may be a list: then
    it is told how the function answers to each.
    """
    task, name, options, whole = inputs["task"], *_unpacked(inputs["model_name"])
    if isinstance(task, list):
        return {"answers": {one: _answer(function, one, name) for one in task}}
    model = function(task=task, model_name=name, **options)
    if not isinstance(model, PreTrainedModel):
        return {"model": model}
    facts = {"model": kind_of(model)}
    if options:
        facts["options"] = {key: _option(model, key) for key in options}
    facts["hidden_states"] = hidden_states(model)
    if whole or task == "masked-lm":
        with torch.inference_mode():
            logits = model(input_ids=IDS, attention_mask=MASK, return_dict=True).get("logits")
        facts["predictions"] = None if logits is None else logits[..., :SOME]
    return facts


def two_ways(function, inputs):
    """The kinds of both models, how many labels they know, and the hidden states of both."""
    result = function(**inputs)
    if not isinstance(result, (tuple, list)) or len(result) != 2:
        return {"first": result, "second": result}
    first, second = result
    return {
        "first": _classifier(first),
        "second": None if first is second else _classifier(second),
        "encoders": [
            hidden_states(model) if isinstance(model, PreTrainedModel) else model
            for model in result
        ],
    }


def predicted(function, inputs):
    """The classes, the modes in which the model was called, and whether its outputs carried a
    gradient graph that nothing was detached from. The last two are told along with the classes."""
    modes, graphs, watch = set(), set(), Detaching()

    def before(module, arguments):
        if isinstance(module, PreTrainedModel):
            modes.update(part.training for part in module.modules())

    def after(module, arguments, output):
        if isinstance(module, PreTrainedModel):
            graphs.update(part.requires_grad for part in _tensors(output))
            watch.armed = True

    hooks = [register_module_forward_pre_hook(before), register_module_forward_hook(after)]
    try:
        with watch:
            classes = function(**inputs)
    finally:
        for hook in hooks:
            hook.remove()
    # A dtype or shape of its own costs the points of the classes only.
    plain = classes.flatten().tolist() if isinstance(classes, torch.Tensor) else classes
    return {
        "classes": classes,
        "evaluation_mode": {"training": sorted(modes), "classes": plain},
        "no_gradients": {"graphs": sorted(graphs) if not watch.seen else [False], "classes": plain},
    }


class Detaching(TorchFunctionMode):
    """Sees whether a tensor was detached, once it is armed: another way to have no gradients in
    what follows. `numpy(force=True)` detaches too."""

    def __init__(self):
        super().__init__()
        self.armed = self.seen = False

    def __torch_function__(self, function, types, args=(), kwargs=None):
        named = kwargs or {}
        if self.armed and (function in DETACHING or named.get("force")):
            self.seen = True
        return function(*args, **named)


def kind_of(model):
    """The model's class, and the shapes of the parameters that the head adds to the base."""
    base = {id(parameter) for parameter in model.base_model.parameters()}
    head = {name: list(p.shape) for name, p in model.named_parameters() if id(p) not in base}
    return {"class": type(model).__name__, "head": head}


def hidden_states(model):
    """The last hidden states of the base model, of real tokens, in float64 and evaluation mode.

    The weights are rounded to bfloat16 first, in which they may have been loaded.
    """
    with torch.inference_mode():
        model.bfloat16().double().eval()
        outputs = model.base_model(input_ids=IDS, attention_mask=MASK, return_dict=True)
    return outputs.last_hidden_state[MASK == 1]


def saved(model):
    """The folder of a model, as `save_pretrained` leaves it."""
    folder = Path(tempfile.mkdtemp(), "My-Model")
    model.save_pretrained(folder)
    return str(folder)


def with_options(model_name, whole=False, **options):
    """A model's name, the options to load it with, and whether the checkpoint holds the head."""
    if "id2label" in options:
        options["id2label"] = {int(number): label for number, label in options["id2label"].items()}
    return model_name, options, whole


def _unpacked(name):
    return name if isinstance(name, tuple) else (name, {}, False)


def _answer(function, task, name):
    """The class of the model that came, or of the exception."""
    try:
        return type(function(task=task, model_name=name)).__name__
    except NotImplementedError:
        raise  # nothing is written yet
    except Exception as error:
        return "ValueError" if isinstance(error, ValueError) else type(error).__name__


def _option(model, key):
    if key == "dtype":
        return str(model.dtype)
    names = {"attn_implementation": "_attn_implementation"}
    return getattr(model.config, names.get(key, key), None)


def _classifier(model):
    if not isinstance(model, PreTrainedModel):
        return model
    return {**kind_of(model), "num_labels": model.config.num_labels}


def _tensors(output):
    """The tensors right inside a model's output, which is a mapping or a tuple."""
    parts = output.values() if isinstance(output, Mapping) else output
    return [part for part in parts if isinstance(part, torch.Tensor)]
