"""What the functions of `embeddings` did, as plain values, and stand-ins for two of them.

In: a student's function and its inputs. Out: the tensor, and the mode that the model is left in.
No expected value is in here.
"""

import torch


def called(function, inputs):
    """The result, whether it carries a gradient graph, and the mode that all parts of the model
    are in afterwards."""
    result = function(**inputs)
    facts = {"embeddings": result, "mode": mode_of(inputs["model"])}
    if isinstance(result, torch.Tensor):
        facts["gradient_graph"] = result.requires_grad
    return facts


def mask_first(batch):
    """The batch with its keys the other way round: a mapping's order means nothing."""
    return dict(reversed(batch.items()))


def mode_of(model):
    """ "training" or "evaluation"; "mixed" where the model's parts are not all in one mode."""
    modes = {module.training for module in model.modules()}
    if len(modes) > 1:
        return "mixed: some parts in training mode, others in evaluation mode"
    return "training" if True in modes else "evaluation"


def double_call_with_batch(model, batch):
    """Stands in for `call_with_batch` where that one is wrong: ids and mask as vectors."""
    return torch.stack([batch["input_ids"], batch["attention_mask"]], dim=-1).double()


def double_call_with_arguments(model, batch):
    """Stands in for `call_with_arguments` where that one is wrong: mask and ids as vectors."""
    return torch.stack([batch["attention_mask"], batch["input_ids"]], dim=-1).double()
