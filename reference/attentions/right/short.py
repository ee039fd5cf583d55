import torch
from transformers import AutoModel


def load_with_internals(model_name):
    return AutoModel.from_pretrained(
        model_name, output_attentions=True, output_hidden_states=True
    ).eval()


@torch.no_grad()
def internals(model, batch):
    model.set_attn_implementation("eager")
    out = model(**batch, output_attentions=True, output_hidden_states=True)
    return out["hidden_states"], out["attentions"]


def attention_weights(q, k, mask=None):
    s = q @ k.mT * q.size(-1) ** -0.5
    return torch.softmax(s if mask is None else s.where(mask[..., None, :] > 0, -torch.inf), -1)
