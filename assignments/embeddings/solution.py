"""Topic 4: from token ids to vectors.

In: a base model and a batch. Out: one vector a token, and from them one vector a text.
"""

import torch
from torch import Tensor


def call_with_batch(model, batch) -> Tensor:
    """Call a model with a whole batch and return the last hidden state.

    Args:
        model: any base model, without a task head: DistilBERT, BERT, GPT-2. It may be in training
            or in evaluation mode.
        batch: a mapping with `input_ids` and `attention_mask`, both (batch, sequence). It is a
            `BatchEncoding`, as a tokenizer gives it, or a plain dict.

    Returns:
        The last hidden state, (batch, sequence, hidden), without a gradient graph. The model is
        in the mode that you found it in.

    Hints:
        1. The keys of a batch are called as the parameters of the model are. Python can hand over
           a whole mapping as keyword arguments.
        2. `print(type(outputs), outputs.keys())`: the vectors are one field of what a model
           returns.
        3. Look at `requires_grad` of your result. What keeps torch from recording?
        4. Do you call `model.eval()`? Then someone who was training the model goes on without
           dropout, and does not know.
    """
    raise NotImplementedError("call_with_batch is not written yet")


def call_with_arguments(model, batch) -> Tensor:
    """The same, but with each argument of the model written out.

    Args:
        model: as above.
        batch: as above.

    Returns:
        The last hidden state, (batch, sequence, hidden), without a gradient graph. The model is
        in the mode that you found it in.

    Hints:
        1. Take the tensors out of the batch by their keys. That works for a `BatchEncoding` and
           for a dict.
        2. `input_ids` may come first, without a name. What is the second parameter of GPT-2's
           `forward`? Better give the mask its name.
        3. Compare with `call_with_batch` on a batch with padding. Is there a difference?
    """
    raise NotImplementedError("call_with_arguments is not written yet")


def mean_pool(embeddings: Tensor, attention_mask: Tensor) -> Tensor:
    """Average the vectors of each text's real tokens.

    Args:
        embeddings: (batch, sequence, hidden), float32 or float64.
        attention_mask: (batch, sequence), integers: 1 for a real token, 0 for padding. Padding may
            stand anywhere.

    Returns:
        One vector a text, (batch, hidden): the mean over its real tokens. A text without any real
        token gives zeros.

    Hints:
        1. A sum and a count: which tokens belong into each?
        2. The mask lacks an axis. Where does an axis of length 1 belong, so that each token's 0 or
           1 meets the token's whole vector?
        3. Over which axis do you sum, if (batch, hidden) is to be left?
        4. A text without a real token has the sum 0 and the count 0. What can you divide by
           instead, so that 0 comes out and no other text changes?
    """
    raise NotImplementedError("mean_pool is not written yet")
