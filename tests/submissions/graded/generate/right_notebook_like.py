import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, set_seed

gpt2_tokenizer = AutoTokenizer.from_pretrained('distilgpt2')
gpt2 = AutoModelForCausalLM.from_pretrained('distilgpt2')
gpt2.eval()
print(gpt2.generation_config)

# ## 1
def greedy(model, tokenizer, prompt, max_new_tokens):
    ids = tokenizer(prompt, return_tensors='pt').input_ids
    out = model.generate(ids, attention_mask=torch.ones_like(ids), do_sample=True, top_k=1, top_p=1.0,
                         max_new_tokens=max_new_tokens, pad_token_id=tokenizer.eos_token_id)
    return tokenizer.batch_decode(out, skip_special_tokens=True)[0]

# ## 2
def greedy_by_hand(model, input_ids, max_new_tokens):
    n_prompt = input_ids.size(1)
    out = torch.zeros(input_ids.size(0), n_prompt + max_new_tokens, dtype=torch.long)
    out[:, :n_prompt] = input_ids
    for t in range(n_prompt, n_prompt + max_new_tokens):
        step = model(out[:, :t]).logits.log_softmax(-1)
        out[:, t] = step[:, -1].topk(1).indices.squeeze(-1)
    return out

# ## 3
def top_p_probabilities(logits, top_p):
    p = logits.softmax(-1)
    # probability of everything strictly more likely (ties: the earlier one first)
    order = p.argsort(dim=-1, descending=True, stable=True)
    rank = order.argsort(-1)
    run = p.gather(-1, order).cumsum(-1)
    how_many = (run < top_p).sum(-1, keepdim=True) + 1
    p = p * (rank < how_many)
    return torch.nn.functional.normalize(p, p=1, dim=-1)

# ## 4
def sample(model, tokenizer, prompt, n, max_new_tokens, top_p=0.9):
    enc = tokenizer([prompt] * n, return_tensors='pt')
    prompt_length = enc['input_ids'].shape[1]
    with torch.inference_mode():
        out = model.generate(**enc, do_sample=True, top_k=None, top_p=top_p, temperature=1.0,
                             max_new_tokens=max_new_tokens, pad_token_id=tokenizer.eos_token_id)
    return [prompt + tokenizer.decode(o[prompt_length:], skip_special_tokens=True) for o in out]

set_seed(224)
print(greedy(gpt2, gpt2_tokenizer, 'Once upon a time', 10))
for i, s in enumerate(sample(gpt2, gpt2_tokenizer, 'Once upon a time', 3, 5)):
    print(f'{i}: {s}')
