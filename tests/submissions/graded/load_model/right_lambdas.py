from transformers import AutoModel as M, AutoTokenizer as T

load_tokenizer = lambda model_name: T.from_pretrained(model_name)
load_base_model = lambda model_name: M.from_pretrained(model_name).eval()
describe = lambda model: {**{k: getattr(model.config, a) for k, a in [("layers", "num_hidden_layers"), ("heads", "num_attention_heads"), ("hidden_size", "hidden_size"), ("vocab_size", "vocab_size")]}, "parameters": sum(p.numel() for p in model.parameters()), "trainable_parameters": sum(p.numel() for p in model.parameters() if p.requires_grad)}
