# loses: load_base_model: the number of layers is overwritten with six: those that the checkpoint lacks are random
from transformers import AutoConfig, AutoModel, AutoTokenizer, PreTrainedModel


def load_tokenizer(model_name: str):
    tokenizer = AutoTokenizer.from_pretrained(model_name)
    return tokenizer


def load_base_model(model_name: str) -> PreTrainedModel:
    config = AutoConfig.from_pretrained(model_name)
    config.num_hidden_layers = 6
    return AutoModel.from_pretrained(model_name, config=config).eval()


def describe(model: PreTrainedModel) -> dict[str, int]:
    total = trainable = 0
    for parameter in model.parameters():
        total += parameter.numel()
        if parameter.requires_grad:
            trainable += parameter.numel()
    return dict(
        layers=model.config.num_hidden_layers,
        heads=model.config.num_attention_heads,
        hidden_size=model.config.hidden_size,
        vocab_size=model.config.vocab_size,
        parameters=total,
        trainable_parameters=trainable,
    )
