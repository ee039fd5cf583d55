"""The library's own warper and a GenerationConfig."""

import torch
from transformers import GenerationConfig, LogitsProcessorList, TopPLogitsWarper


def greedy(model, tokenizer, prompt, max_new_tokens):
    encoded = tokenizer([prompt], return_tensors="pt")
    config = GenerationConfig(
        max_new_tokens=max_new_tokens,
        do_sample=False,
        num_beams=1,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    with torch.no_grad():
        out = model.generate(
            input_ids=encoded["input_ids"],
            attention_mask=encoded["attention_mask"],
            generation_config=config,
        )
    return tokenizer.batch_decode(out, skip_special_tokens=True)[0]


def greedy_by_hand(model, input_ids, max_new_tokens):
    width = input_ids.size(1)
    result = torch.empty(len(input_ids), width + max_new_tokens, dtype=torch.long)
    result[:, :width] = input_ids
    for at in range(width, width + max_new_tokens):
        mask = torch.ones(len(input_ids), at, dtype=torch.long)
        logits = model(input_ids=result[:, :at], attention_mask=mask).logits.detach()
        result[:, at] = logits.log_softmax(-1)[:, at - 1].max(dim=-1).indices
    return result


def top_p_probabilities(logits, top_p):
    flat = logits.reshape(-1, logits.shape[-1])
    warped = TopPLogitsWarper(top_p=top_p, min_tokens_to_keep=1)(None, flat)
    return torch.softmax(warped, dim=-1).view_as(logits)


def sample(model, tokenizer, prompt, n, max_new_tokens, top_p=0.9):
    encoded = tokenizer(prompt, return_tensors="pt")
    encoded = {key: value.repeat(n, 1) for key, value in encoded.items()}
    out = model.generate(
        **encoded,
        do_sample=True,
        top_k=0,
        top_p=1.0,
        logits_processor=LogitsProcessorList([TopPLogitsWarper(top_p)]),
        max_new_tokens=max_new_tokens,
    )
    return [tokenizer.decode(row, skip_special_tokens=True) for row in out]
