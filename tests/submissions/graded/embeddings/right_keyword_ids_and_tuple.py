from torch import no_grad, nan_to_num

# both calls give the same thing


def call_with_batch(model, batch):
    with no_grad():
        last_hidden_state, *_ = model(**dict(batch)).to_tuple()
    return last_hidden_state


def call_with_arguments(model, batch):
    with no_grad():
        last_hidden_state, *_ = model(
            input_ids=batch["input_ids"], attention_mask=batch["attention_mask"], return_dict=False
        )
    return last_hidden_state


def mean_pool(embeddings, attention_mask):
    """0 / 0 is nan in torch; a row without any token becomes zeros."""
    m = attention_mask[..., None]
    return nan_to_num((embeddings * m).sum(-2) / m.sum(-2))
