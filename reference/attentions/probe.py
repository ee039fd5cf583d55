"""What the functions of `attentions` did, as plain values.

In: a student's function and its inputs. Out: dicts of tensors, numbers and flags. No expected
value is in here.
"""

import tempfile

import torch
from transformers import BertConfig, BertModel

IDS = torch.tensor([[2, 40, 90, 17, 3, 0]])
MASK = torch.tensor([[1, 1, 1, 1, 1, 0]])


def saved(seed):
    """The folder of a small BERT, as `save_pretrained` leaves it: a name to load from, too."""
    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=97,
        hidden_size=20,
        num_hidden_layers=2,
        num_attention_heads=5,
        intermediate_size=30,
        max_position_embeddings=32,
        initializer_range=0.2,
    )
    folder = tempfile.mkdtemp()
    BertModel(config).save_pretrained(folder)
    return folder


def loaded(function, inputs):
    """The model that was loaded: its mode, whether it has a head, and what a bare call carries.

    The call is made in float64 and in evaluation mode, so that a model in the wrong mode loses
    the mode's points only.
    """
    model = function(**inputs)
    modes = {module.training for module in model.modules()}
    without_head = getattr(model, "base_model", None) is model
    model.double().eval()
    with torch.no_grad():
        outputs = model(input_ids=IDS, attention_mask=MASK)
        base = model.base_model(input_ids=IDS, attention_mask=MASK).last_hidden_state
    # Neither the mode nor a missing head is worth anything without the model that was asked for.
    first = base[0, 0, :4]
    return {
        "training": {"in_training_mode": True in modes, "first_numbers": first},
        "without_head": {"is_the_base_model": without_head, "first_numbers": first},
        "hidden_states": getattr(outputs, "hidden_states", None),
        "attentions": getattr(outputs, "attentions", None),
    }


def seen(function, inputs):
    """Hidden states, attentions, and whether any of them carries a gradient graph."""
    result = function(**inputs)
    if not isinstance(result, (tuple, list)) or len(result) != 2:
        return {"hidden_states": result}
    carries = [tensor.requires_grad for tensor in _tensors(result)]
    return {"hidden_states": result[0], "attentions": result[1], "gradients": any(carries)}


def weighed(function, inputs):
    """The weights, and those of the masked keys by themselves."""
    mask = inputs.get("mask")
    padding = None if mask is None else mask == 0
    result = function(**inputs)
    facts = {"weights": result}
    if padding is not None and isinstance(result, torch.Tensor):
        rows = padding.unsqueeze(-2)
        fits = rows.dim() == result.dim() and rows.shape[-1] == result.shape[-1]
        if fits and rows.shape[:-2] == result.shape[:-2]:
            facts["masked"] = result.detach()[rows.expand_as(result)]
    return facts


def _tensors(value):
    if isinstance(value, torch.Tensor):
        return [value]
    if isinstance(value, (tuple, list)):
        return [tensor for item in value for tensor in _tensors(item)]
    return []
