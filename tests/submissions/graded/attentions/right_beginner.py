import torch
from transformers import AutoModel

def load_with_internals(name):
    m = AutoModel.from_pretrained(name, attn_implementation = "eager")
    m.config.output_hidden_states = True
    m.config.output_attentions = True
    m = m.eval()
    return m

def internals(model, batch):
    ids = batch["input_ids"]
    am = batch["attention_mask"]
    model.config._attn_implementation = "eager"
    model.config.output_hidden_states = True
    model.config.output_attentions = True
    out = model(ids, attention_mask = am)
    hs = []
    for h in out["hidden_states"]:
        hs.append(h.detach())
    at = []
    for i in range(len(out["attentions"])):
        at.append(out["attentions"][i].detach())
    return hs, at

def attention_weights(query, key, mask = None):
    # make everything 3 dimensional first
    q_len = query.shape[-2]
    k_len = key.shape[-2]
    d = query.shape[-1]
    q = query.reshape(-1, q_len, d)
    k = key.reshape(-1, k_len, d)
    answer = torch.zeros(q.shape[0], q_len, k_len, dtype = query.dtype)
    if mask is not None:
        m = mask.reshape(-1, k_len)
    for b in range(q.shape[0]):
        for i in range(q_len):
            numbers = []
            where = []
            for j in range(k_len):
                if mask is not None and m[b][j] == 0:
                    continue
                s = torch.dot(q[b][i], k[b][j]) / (d ** 0.5)
                numbers.append(s)
                where.append(j)
            biggest = max(numbers)
            total = 0
            for s in numbers:
                total = total + torch.exp(s - biggest)
            for s, j in zip(numbers, where):
                answer[b][i][j] = torch.exp(s - biggest) / total
    return answer.reshape(list(query.shape[:-2]) + [q_len, k_len])
