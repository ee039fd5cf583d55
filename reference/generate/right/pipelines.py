"""The library's pipeline for whole texts, processors for the rest."""

import torch
from transformers import pipeline
from transformers.generation import LogitsProcessor, LogitsProcessorList, TopPLogitsWarper


class Likeliest(LogitsProcessor):
    def __call__(self, input_ids, scores):
        best = scores.argmax(dim=-1, keepdim=True)
        return torch.full_like(scores, float("-inf")).scatter(-1, best, 0.0)


def greedy(model, tokenizer, prompt, max_new_tokens):
    write = pipeline("text-generation", model=model, tokenizer=tokenizer)
    return write(prompt, max_new_tokens=max_new_tokens, do_sample=False)[0]["generated_text"]


def greedy_by_hand(model, input_ids, max_new_tokens):
    choose = LogitsProcessorList([Likeliest()])
    rows = []
    for row in input_ids:
        ids = row.tolist()
        for _ in range(max_new_tokens):
            with torch.inference_mode():
                logits = model(torch.tensor([ids])).logits[:, -1]
            ids.append(int(choose(None, logits).softmax(-1).multinomial(1)))
        rows.append(ids)
    return torch.LongTensor(rows)


def top_p_probabilities(logits, top_p):
    rows = logits.flatten(0, -2) if logits.dim() > 1 else logits[None]
    scores = LogitsProcessorList([TopPLogitsWarper(float(top_p))])(None, rows.double())
    return scores.softmax(-1).reshape(logits.shape)


def sample(model, tokenizer, prompt, n, max_new_tokens, top_p=0.9):
    write = pipeline("text-generation", model=model, tokenizer=tokenizer)
    texts = write(
        prompt,
        do_sample=True,
        temperature=1.0,
        top_k=0,
        top_p=top_p,
        max_new_tokens=max_new_tokens,
        num_return_sequences=n,
    )
    return [text["generated_text"] for text in texts]
