from transformers import AutoConfig, AutoTokenizer
from transformers.models.auto.modeling_auto import MODEL_MAPPING


def load_tokenizer(model_name):
    tok = AutoTokenizer.from_pretrained(model_name)
    assert len(tok) > 0
    return tok


def load_base_model(model_name):
    cfg = AutoConfig.from_pretrained(model_name)
    cls = MODEL_MAPPING[type(cfg)]          # DistilBertModel, GPT2Model, ...
    return cls.from_pretrained(model_name).eval()


def describe(model):
    cfg = model.config
    out = {"layers": cfg.num_hidden_layers, "heads": cfg.num_attention_heads}
    out.update(hidden_size=cfg.hidden_size)
    out.update(vocab_size=cfg.vocab_size)
    out["parameters"] = sum([p.detach().flatten().shape[0] for p in model.parameters()])
    out["trainable_parameters"] = out["parameters"] - sum(
        [p.detach().flatten().shape[0] for p in model.parameters() if not p.requires_grad]
    )
    return out
