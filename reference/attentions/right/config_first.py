"""Sets everything on a config, works on a copy of the model, and adds the mask to the scores."""

import copy

import torch
from torch.nn.functional import softmax
from transformers import AutoConfig, AutoModel


def load_with_internals(model_name):
    config = AutoConfig.from_pretrained(model_name)
    config._attn_implementation = "eager"
    config.output_hidden_states = True
    config.output_attentions = True
    model = AutoModel.from_pretrained(model_name, config=config)
    model.eval()
    return model


def internals(model, batch):
    twin = copy.deepcopy(model)
    twin.set_attn_implementation("eager")
    twin.config.output_hidden_states = True
    twin.config.output_attentions = True
    with torch.inference_mode():
        outputs = twin(batch["input_ids"], attention_mask=batch["attention_mask"])
    return tuple(outputs.hidden_states), tuple(outputs.attentions)


def attention_weights(query, key, mask=None):
    root = torch.tensor(query.shape[-1]).sqrt()
    scores = torch.matmul(query, torch.transpose(key, -1, -2)) / root
    if mask is not None:
        bias = torch.zeros(mask.shape, dtype=scores.dtype)
        bias[mask == 0] = -torch.inf
        scores = scores + bias.unsqueeze(-2)
    return softmax(scores, dim=-1)
