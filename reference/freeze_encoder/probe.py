"""Looks at what was frozen and what moved. In: the student's function and live inputs. Out: facts.

A forward call is seen through torch's hook for all modules, so that nothing hangs on the model.
"""

from fnmatch import fnmatchcase

import numpy as np
import torch
import transformers
from torch.nn.modules.module import register_module_forward_pre_hook
from transformers import PreTrainedModel


def freeze_trace(function, inputs):
    """The names of the parameters that still train, in the model's order."""
    function(**inputs)
    return {"trainable": training_names(inputs["model"])}


def finetune_trace(function, inputs):
    """The losses, what trained while the model was called, and which tensors have changed."""
    model = inputs["model"]
    before = {name: tensor.detach().clone() for name, tensor in model.state_dict().items()}
    trainable = []  # in the last call that could learn anything

    def see(module, arguments):
        if isinstance(module, PreTrainedModel) and torch.is_grad_enabled():
            trainable[:] = training_names(model)

    hook = register_module_forward_pre_hook(see)
    losses = numbers(function(**inputs))
    hook.remove()
    after = model.state_dict()
    return {
        "losses": losses,
        "start": losses[:1] if isinstance(losses, list) else losses,
        "trainable": trainable,
        "changed": [name for name in before if not torch.equal(before[name], after[name])],
    }


def training_names(model):
    """The names of the parameters that train, in the model's order."""
    return [name for name, parameter in model.named_parameters() if parameter.requires_grad]


def numbers(values):
    """A list of floats, whatever sequence of numbers came; anything else as it came."""
    try:
        return [
            float(value.detach()) if isinstance(value, torch.Tensor) and value.ndim == 0 else value
            for value in values
        ]
    except TypeError:
        return values


def frozen(model, names):
    """The model with the parameters frozen whose names match one of the patterns."""
    for name, parameter in model.named_parameters():
        if any(fnmatchcase(name, pattern) for pattern in names):
            parameter.requires_grad = False
    return model


def fresh(model, zero, shrink):
    """The model with an output layer of zeros, as a new head may have.

    Near zero, weight decay has next to no effect, so that the losses do not depend on it. The
    tensors that match ``shrink`` are made small: so are the gradients then, and clipping them to
    norm 1 has no effect either.
    """
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if any(fnmatchcase(name, pattern) for pattern in zero):
                parameter.zero_()
            if any(fnmatchcase(name, pattern) for pattern in shrink):
                parameter.mul_(0.1)
    return model


def used(model, seed=0):
    """The model with gradients left over from an earlier step, in every parameter."""
    rng = np.random.default_rng(seed)
    for parameter in model.parameters():
        left = rng.standard_normal(tuple(parameter.shape))
        parameter.grad = torch.from_numpy(left).to(parameter.dtype)
    return model


_SIZES = {
    "roberta": {
        "hidden_size": 16,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "intermediate_size": 24,
    },
    "deberta-v2": {
        "hidden_size": 16,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "intermediate_size": 24,
    },
    "bart": {
        "d_model": 16,
        "encoder_layers": 1,
        "decoder_layers": 1,
        "encoder_attention_heads": 2,
        "decoder_attention_heads": 2,
        "encoder_ffn_dim": 24,
        "decoder_ffn_dim": 24,
    },
}
_NO_DROPOUT = {
    "roberta": {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0},
    "deberta-v2": {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0},
    "bart": {"dropout": 0.0, "classifier_dropout": 0.0},
}


def other_classifier(kind, seed=0, mode="eval", num_labels=2):
    """A tiny random sequence classifier of a further architecture, float64, dropout 0."""
    config = transformers.AutoConfig.for_model(
        kind,
        vocab_size=97,
        max_position_embeddings=40,
        num_labels=num_labels,
        **_SIZES[kind],
        **_NO_DROPOUT[kind],
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = transformers.AutoModelForSequenceClassification.from_config(config)
    return model.double().train(mode == "train")


def double_freeze_encoder(model):
    """Stands in for `freeze_encoder` where that one is wrong: the last two tensors alone train."""
    *rest, one, other = model.parameters()
    for parameter in rest:
        parameter.requires_grad = False
    for parameter in (one, other):
        parameter.requires_grad = True


def double_trainable_names(model):
    """Stands in for `trainable_names` where that one is wrong: the names outside of the encoder,
    whether they train or not, the last one first."""
    front = f"{model.base_model_prefix}."
    return [name for name, _ in model.named_parameters() if not name.startswith(front)][::-1]
