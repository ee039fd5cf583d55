import torch
from torch.nn.functional import cross_entropy


def pad_texts(tokenizer, texts):
    return tokenizer.pad({"input_ids": tokenizer(texts)["input_ids"]}, return_tensors="pt")


def internals(model, batch):
    model.set_attn_implementation("eager")
    output = model(**batch, output_attentions=True, output_hidden_states=True)
    hidden = tuple(state.detach() for state in output.hidden_states)
    return hidden, tuple(weights.detach() for weights in output.attentions)


def train(model, batches, lr):
    model.train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=lr)
    losses = []
    for batch in batches:
        model.zero_grad()
        logits = model(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"]).logits
        loss = cross_entropy(logits, batch["labels"])
        loss.backward()
        optimizer.step()
        losses.append(float(loss))
    return losses


def freeze_encoder(model):
    for name, parameter in model.named_parameters():
        if name.startswith("distilbert."):
            parameter.requires_grad_(False)
