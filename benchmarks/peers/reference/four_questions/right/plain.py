import torch


def pad_texts(tokenizer, texts):
    rows = [tokenizer(text)["input_ids"] for text in texts]
    width = max(map(len, rows))
    ids = [row + [tokenizer.pad_token_id] * (width - len(row)) for row in rows]
    mask = [[1] * len(row) + [0] * (width - len(row)) for row in rows]
    return {"input_ids": torch.tensor(ids), "attention_mask": torch.tensor(mask)}


@torch.no_grad()
def internals(model, batch):
    model.set_attn_implementation("eager")
    model.config.output_attentions = True
    model.config.output_hidden_states = True
    outputs = model(batch["input_ids"], attention_mask=batch["attention_mask"])
    return outputs["hidden_states"], outputs["attentions"]


def train(model, batches, lr):
    model.train()
    learner = torch.optim.AdamW(list(model.parameters()), lr)
    history = []
    for batch in batches:
        output = model(batch["input_ids"], batch["attention_mask"], labels=batch["labels"])
        output.loss.backward()
        learner.step()
        learner.zero_grad()
        history.append(output.loss.detach())
    return history


def freeze_encoder(model):
    model.base_model.requires_grad_(False)
