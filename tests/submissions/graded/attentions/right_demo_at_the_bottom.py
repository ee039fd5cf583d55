import numpy as np
import torch
from transformers import AutoModel, AutoTokenizer

MODEL = "distilbert/distilbert-base-cased"

def load_with_internals(model_name):
    model = AutoModel.from_pretrained(model_name, output_attentions=True, output_hidden_states=True, attn_implementation="eager")
    return model.eval()

def internals(model, batch):
    """hidden states and attentions"""
    if model.config._attn_implementation != "eager":
        model.set_attn_implementation("eager")
    model.eval()
    with torch.no_grad():
        model_output = model(**batch, output_attentions=True, output_hidden_states=True)
    return model_output.hidden_states, model_output.attentions

def attention_weights(query, key, mask=None):
    q = query.detach().numpy()
    k = key.detach().numpy()
    scores = np.matmul(q, np.swapaxes(k, -1, -2)) / np.sqrt(q.shape[-1])
    real = np.ones(scores.shape, dtype=bool)
    if mask is not None:
        real = real & (mask.numpy() > 0)[..., np.newaxis, :]
    top = np.max(scores, axis=-1, keepdims=True, where=real, initial=-np.inf)
    e = np.exp(np.minimum(scores - top, 0)) * real
    return torch.from_numpy(e / e.sum(axis=-1, keepdims=True))

model = load_with_internals(MODEL)
tokenizer = AutoTokenizer.from_pretrained(MODEL)
model_inputs = tokenizer("Hello world", return_tensors="pt")
hidden, att = internals(model, model_inputs)
print("number of hidden states:", len(hidden), "and attentions:", len(att))
for i, a in enumerate(att):
    print(f"layer {i}: {a.shape}")
attentions = att
batch = None
