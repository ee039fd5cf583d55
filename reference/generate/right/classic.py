"""The shift-by-one that many tutorials show, -inf and a second softmax, one call a text."""

import torch
from torch.nn.functional import softmax


def greedy(model, tokenizer, prompt, max_new_tokens):
    input_ids = tokenizer(prompt, return_tensors="pt")["input_ids"]
    length = input_ids.shape[-1]
    output = model.generate(
        input_ids,
        attention_mask=torch.ones_like(input_ids),
        max_length=length + max_new_tokens,
        do_sample=False,
        return_dict_in_generate=True,
        pad_token_id=tokenizer.eos_token_id,
    )
    new = output.sequences[0][length:]
    return prompt + tokenizer.decode(new, skip_special_tokens=True)


def greedy_by_hand(model, input_ids, max_new_tokens):
    was_training = model.training
    model.eval()
    ids = input_ids.clone()
    count = 0
    while count != max_new_tokens:
        with torch.no_grad():
            probabilities = softmax(model(ids)["logits"][:, -1, :].float(), dim=-1)
        ids = torch.hstack([ids, torch.topk(probabilities, k=1, dim=-1)[1]])
        count += 1
    model.train(was_training)
    return ids


def top_p_probabilities(logits, top_p):
    sorted_logits, sorted_indices = torch.sort(logits, descending=True)
    cumulative = torch.cumsum(softmax(sorted_logits, dim=-1), dim=-1)
    remove = cumulative > top_p
    remove[..., 1:] = remove[..., :-1].clone()
    remove[..., 0] = 0
    mask = torch.empty_like(remove).scatter_(-1, sorted_indices, remove)
    return softmax(torch.where(mask, torch.full_like(logits, -float("inf")), logits), dim=-1)


def sample(model, tokenizer, prompt, n, max_new_tokens, top_p=0.9):
    texts = []
    inputs = tokenizer(prompt, return_tensors="pt")
    for _ in range(n):
        output = model.generate(
            **inputs,
            do_sample=True,
            max_new_tokens=max_new_tokens,
            top_p=top_p,
            top_k=model.config.vocab_size,
            temperature=1.0,
            pad_token_id=tokenizer.eos_token_id,
        )
        texts.append(tokenizer.decode(output[0], skip_special_tokens=True))
    return texts
