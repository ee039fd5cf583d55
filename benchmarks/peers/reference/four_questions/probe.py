"""What the four functions did, as plain values. In: a function and its inputs. Out: dicts."""

from torch import Tensor


def seen(function, inputs):
    """Hidden states and attentions."""
    hidden_states, attentions = function(**inputs)
    return {"hidden_states": hidden_states, "attentions": attentions}


def trained(function, inputs):
    """The loss of every step, and the weights after the last."""
    losses = function(**inputs)
    state = inputs["model"].state_dict()
    return {
        "losses": [float(loss.detach()) if isinstance(loss, Tensor) else loss for loss in losses],
        "weights": {name: tensor.clone() for name, tensor in state.items()},
    }


def frozen(function, inputs):
    """The names of the parameters that still train, those of the encoder and those of the head."""
    model = inputs["model"]
    function(**inputs)
    front = model.base_model_prefix + "."
    names = [name for name, parameter in model.named_parameters() if parameter.requires_grad]
    return {
        "encoder": [name for name in names if name.startswith(front)],
        "head": [name for name in names if not name.startswith(front)],
    }
