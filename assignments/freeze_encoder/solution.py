"""Topic 10: train the head alone, and leave the encoder as it was pretrained.

A `...ForSequenceClassification` model is a base encoder with a head on top of it. How the two are
called differs from architecture to architecture, and so does what belongs to the head.
"""

from torch.optim import AdamW
from transformers import PreTrainedModel


def freeze_encoder(model: PreTrainedModel) -> None:
    """Stop the training of every parameter of the base encoder; the whole head still trains.

    model: any `...ForSequenceClassification` model: DistilBERT, BERT, GPT-2, RoBERTa, BART, ...

    Hints:
    1. `print(model)` shows the parts. Look at two architectures: what do their encoders have in
       common, and what not?
    2. Every `PreTrainedModel` knows its own base model. Search its documentation for `base`.
    3. A parameter with `requires_grad=False` gets no gradient. A module has no such attribute,
       and setting one on it does nothing; but it has a method with nearly that name.
    """
    raise NotImplementedError("freeze_encoder is not written yet")


def trainable_names(model: PreTrainedModel) -> list[str]:
    """Return the names of the parameters that still train, in the model's order.

    Hints:
    1. `model.named_parameters()` gives names and parameters, in order.
    2. Call it before and after `freeze_encoder` to see what you have frozen.
    """
    raise NotImplementedError("trainable_names is not written yet")


def finetune(model: PreTrainedModel, batches: list, lr: float) -> list[float]:
    """Freeze the encoder, then take one AdamW step a batch; return the loss before each step.

    batches: mappings with input_ids, attention_mask (batch, sequence) and labels (batch).
    lr: the learning rate, the same in every step. One optimizer serves all the steps. The weight
        decay is up to you.
    Gradients that the model still holds from before have no effect. Afterwards the encoder's
    weights are bit for bit what they were, and every tensor of the head has moved.

    Hints:
    1. `freeze_encoder` is the first line.
    2. Which parameters does the optimizer have to know?
    3. An optimizer also uses a gradient that was there before you began. When is the right
       moment to forget it?
    4. AdamW remembers earlier gradients: a new optimizer for each batch would not.
    """
    raise NotImplementedError("finetune is not written yet")
