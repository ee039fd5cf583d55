import torch

def greedy(model, tokenizer, prompt, max_new_tokens):
    # i do it with a loop and stop when the end token comes
    ids = tokenizer.encode(prompt)
    count = 0
    while count < max_new_tokens:
        x = torch.tensor([ids])
        out = model(x)
        logits = out.logits
        last = logits[0][-1]
        best = torch.argmax(last)
        best = int(best)
        if best == tokenizer.eos_token_id:
            break
        ids.append(best)
        count = count + 1
    text = tokenizer.decode(ids, skip_special_tokens = True)
    print("greedy:", text)
    return text

def greedy_by_hand(model, input_ids, max_new_tokens):
    batch_size = input_ids.shape[0]
    result = []
    for b in range(batch_size):
        row = []
        for x in input_ids[b]:
            row.append(int(x))
        for step in range(max_new_tokens):
            out = model(torch.tensor([row]))
            scores = out.logits[0, len(row) - 1].tolist()
            best = 0
            for i in range(len(scores)):
                if scores[i] > scores[best]:
                    best = i
            row.append(best)
        result.append(row)
    return torch.tensor(result)

def one_row(row, top_p):
    biggest = max(row)
    e = [2.718281828459045 ** (x - biggest) for x in row]
    s = sum(e)
    p = [x / s for x in e]
    order = sorted(range(len(p)), key = lambda i: p[i], reverse = True)
    new = [0.0] * len(p)
    total = 0.0
    for i in order:
        new[i] = p[i]
        total = total + p[i]
        if total >= top_p:
            break
    return [x / total for x in new]

def top_p_probabilities(logits, top_p):
    if logits.dim() == 1:
        return torch.tensor(one_row(logits.tolist(), top_p), dtype = logits.dtype)
    rows = []
    for l in logits:
        rows.append(top_p_probabilities(l, top_p))
    return torch.stack(rows)

def sample(model, tokenizer, prompt, n, max_new_tokens, top_p = 0.9):
    texts = []
    for k in range(n):
        ids = tokenizer.encode(prompt)
        for i in range(max_new_tokens):
            logits = model(torch.tensor([ids])).logits[0][-1].detach()
            probs = top_p_probabilities(logits, top_p)
            token = int(torch.multinomial(probs, 1))
            if token == tokenizer.eos_token_id:
                break
            ids.append(token)
        texts.append(tokenizer.decode(ids, skip_special_tokens = True))
    return texts
