"""Four questions about Transformers: padding, a look inside, a training loop, freezing."""

import torch
from torch.optim import AdamW


def pad_texts(tokenizer, texts):
    """The texts as one batch of tensors, padded to the longest of them.

    Returns a mapping with `input_ids` and `attention_mask`, both (batch, sequence).
    """
    return tokenizer(texts, padding=True, return_tensors="pt")


def internals(model, batch):
    """The hidden states and the attentions of a model, without gradients.

    Returns two tuples: layers + 1 hidden states, each (batch, sequence, hidden), and one tensor
    of attentions a layer, each (batch, heads, query, key). The model may have been loaded with
    any attention implementation.
    """
    model.set_attn_implementation("eager")
    with torch.no_grad():
        outputs = model(**batch, output_hidden_states=True, output_attentions=True)
    return outputs.hidden_states, outputs.attentions


def train(model, batches, lr):
    """One AdamW step a batch, in training mode; the loss before each step, as a list of numbers.

    batches: mappings with `input_ids`, `attention_mask` and `labels`.
    """
    optimizer = AdamW(model.parameters(), lr=lr)
    model.train()
    losses = []
    for batch in batches:
        optimizer.zero_grad()
        loss = model(**batch).loss
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def freeze_encoder(model):
    """Stops the training of every parameter of the base encoder. The head still trains."""
    for parameter in model.base_model.parameters():
        parameter.requires_grad = False
