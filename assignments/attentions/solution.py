"""Look inside a Transformer: its hidden states, its attentions, and one attention by hand.

In: a model's name, a model with a batch, or the queries and keys of one attention. Out: a model
that tells what it computes inside, those tensors, and a matrix of attention weights.
"""

import math

import torch
from torch import Tensor
from transformers import AutoModel, PreTrainedModel


def load_with_internals(model_name: str) -> PreTrainedModel:
    """Load a base model whose outputs always carry hidden states and attentions.

    Args:
        model_name: a name for `from_pretrained`, as "distilbert/distilbert-base-cased" or
            "distilgpt2".

    Returns:
        The model without a task head, with its pretrained weights, in evaluation mode. After
        `outputs = model(input_ids, attention_mask=mask)`, with no other argument,
        `outputs.hidden_states` and `outputs.attentions` are both filled.

    Hints:
        1. An `Auto...` class finds the architecture from the name. Which one has no head?
        2. `from_pretrained` takes options of the model's config as keyword arguments. Two of
           them switch on what you want.
        3. Look at `len(outputs.attentions)`. Is it 0? The fast attention kernels never form the
           matrix of weights. Ask for the implementation that does.
    """
    raise NotImplementedError("load_with_internals is not written yet")


def internals(model, batch) -> tuple[tuple[Tensor, ...], tuple[Tensor, ...]]:
    """Run a model and return its hidden states and its attentions.

    Args:
        model: any base model. It may have been loaded without these outputs switched on, and
            with any attention implementation.
        batch: a mapping with `input_ids` and `attention_mask`, both (batch, sequence).

    Returns:
        Two tuples: the hidden states, layers + 1 of them, each (batch, sequence, hidden); and
        the attentions, one a layer, each (batch, heads, query, key). No tensor carries a
        gradient graph.

    Hints:
        1. The call to the model takes `output_hidden_states=` and `output_attentions=` too.
        2. Take the fields of the output by name. What stands at position 1 depends on the model.
        3. Are there no attentions? See the third hint of `load_with_internals`. A model that is
           already loaded has a method to change its attention implementation.
        4. Which context keeps torch from recording what is needed for gradients?
    """
    raise NotImplementedError("internals is not written yet")


def attention_weights(query: Tensor, key: Tensor, mask: Tensor | None = None) -> Tensor:
    """Compute scaled dot-product attention weights by hand.

    Args:
        query: (..., query, d), with any number of leading axes, also none.
        key: (..., key, d), with the same leading axes.
        mask: (..., key) with the leading axes of `query`: 1 for a real key, 0 for padding.
            None means that every key is real.

    Returns:
        softmax(q kᵀ / sqrt(d)) over the keys, (..., query, key). A masked key gets exactly 0,
        the real keys of a row sum to 1, and there is no NaN, however large the scores are.

    Hints:
        1. A matrix product works on the last two axes. So swap the last two axes of `key`, and
           count axes from the end: -1, -2.
        2. d is the length of one query vector, not the number of keys.
        3. Mask before the softmax. Which score has an exponential of exactly 0, whatever the
           other scores are?
        4. The mask lacks the query axis. Put an axis of length 1 where it belongs.
    """
    raise NotImplementedError("attention_weights is not written yet")
