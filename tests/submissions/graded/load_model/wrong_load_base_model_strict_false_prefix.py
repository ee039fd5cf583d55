# loses: load_base_model: random weights: the keys of the checkpoint with a head have a prefix, so that strict=False loads none of them
from transformers import AutoModelForSequenceClassification
from transformers import AutoConfig, AutoModel, AutoTokenizer, PreTrainedModel


def load_tokenizer(model_name: str):
    tokenizer = AutoTokenizer.from_pretrained(model_name)
    return tokenizer


def load_base_model(model_name: str) -> PreTrainedModel:
    full = AutoModelForSequenceClassification.from_pretrained(model_name)
    model = AutoModel.from_config(full.config)
    model.load_state_dict(full.state_dict(), strict=False)
    return model.eval()


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
