from transformers import AutoModel, AutoTokenizer, PreTrainedModel, PreTrainedTokenizerBase

def load_tokenizer(model_name: str) -> PreTrainedTokenizerBase:
    return AutoTokenizer.from_pretrained(model_name)

def load_base_model(model_name: str) -> PreTrainedModel:
    import torch
    m = AutoModel.from_pretrained(model_name).eval()
    m.compile()
    return m

def describe(model: PreTrainedModel) -> dict[str, int]:
    config = model.config
    return {'layers': config.num_hidden_layers, 'heads': config.num_attention_heads, 'hidden_size': config.hidden_size, 'vocab_size': config.vocab_size, 'parameters': sum((p.numel() for p in model.parameters())), 'trainable_parameters': sum((p.numel() for p in model.parameters() if p.requires_grad))}
