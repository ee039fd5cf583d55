# %% Chargement
from transformers import AutoTokenizer, AutoModel
import torch
device = torch.device("cuda" if torch.cuda.is_available() else "cpu")

# %% le tokenizer
def load_tokenizer(model_name: str):
    return AutoTokenizer.from_pretrained(model_name)

# %% le modèle, en mode évaluation
def load_base_model(model_name: str):
    return AutoModel.from_pretrained(model_name).to(device).eval()

# %% la description : nombre de couches, de têtes, etc.
def describe(model):
    n_total = torch.tensor([p.numel() for p in model.parameters()]).sum().item()
    n_train = 0
    for nom, p in model.named_parameters():
        if not p.requires_grad: continue
        n_train += p.numel()
    return {"layers": model.config.num_hidden_layers, "heads": model.config.num_attention_heads, "hidden_size": model.config.hidden_size, "vocab_size": model.config.vocab_size, "parameters": n_total, "trainable_parameters": n_train}
