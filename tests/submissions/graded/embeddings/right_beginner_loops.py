import torch

def call_with_batch(model, batch):
    out = model(**batch)
    emb = out.last_hidden_state
    emb = emb.detach()
    print("shape:", emb.shape)
    return emb

def call_with_arguments(model, batch):
    ids = batch["input_ids"]
    am = batch["attention_mask"]
    out = model(ids, attention_mask = am)
    emb = out[0]
    emb = emb.detach()
    return emb

def mean_pool(embeddings, attention_mask):
    b = embeddings.shape[0]
    s = embeddings.shape[1]
    h = embeddings.shape[2]
    result = torch.zeros(b, h, dtype = embeddings.dtype)
    for i in range(b):
        n = 0
        total = torch.zeros(h, dtype = embeddings.dtype)
        for j in range(s):
            if attention_mask[i][j] == 1:
                total = total + embeddings[i][j]
                n = n + 1
        if n > 0:
            result[i] = total / n
    return result
