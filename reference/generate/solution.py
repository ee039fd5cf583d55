"""Let a language model write: greedily, by hand, and by sampling from the nucleus.

In: a causal language model with its tokenizer and a prompt, or ids, or logits. Out: texts, ids,
or the probabilities that top-p sampling draws from.
"""

import torch
from torch import LongTensor, Tensor


def greedy(model, tokenizer, prompt: str, max_new_tokens: int) -> str:
    """Continue a prompt with the most likely token at every step.

    Args:
        model: a causal language model in evaluation mode.
        tokenizer: its tokenizer.
        prompt: the text to continue.
        max_new_tokens: how many tokens to add at most. The end token ends the text earlier.

    Returns:
        The prompt and its continuation as one text, without special tokens. The same call gives
        the same text every time.

    Hints:
        1. The tokenizer makes tensors of a text; the model's `generate` takes them as keyword
           arguments.
        2. `max_length` counts the prompt too. There is an option that does not.
        3. `generate` returns a batch. The tokenizer turns one row of it into text, and can leave
           special tokens out.
    """
    inputs = tokenizer(prompt, return_tensors="pt")
    ids = model.generate(
        **inputs,
        do_sample=False,
        max_new_tokens=max_new_tokens,
        pad_token_id=tokenizer.pad_token_id,
    )
    return tokenizer.decode(ids[0], skip_special_tokens=True)


def greedy_by_hand(model, input_ids: LongTensor, max_new_tokens: int) -> LongTensor:
    """Continue a batch of ids greedily, without the model's `generate`.

    Args:
        model: a causal language model in evaluation mode, of any architecture.
        input_ids: (batch, sequence), without padding.
        max_new_tokens: how many tokens to add to every row. No token is special: a row goes on
            after the end token.

    Returns:
        (batch, sequence + max_new_tokens): every row of `input_ids` and what follows it.

    Hints:
        1. The model gives logits of shape (batch, sequence, vocabulary). Those at one position
           are about the next one. So which position do you need?
        2. Take the largest over the vocabulary for every row of the batch. Keep an axis of
           length 1, so that the new ids can be put behind the old ones.
        3. Repeat with the longer ids.
    """
    for _ in range(max_new_tokens):
        with torch.no_grad():
            logits = model(input_ids).logits
        next_ids = logits[:, -1].argmax(dim=-1, keepdim=True)
        input_ids = torch.cat([input_ids, next_ids], dim=-1)
    return input_ids


def top_p_probabilities(logits: Tensor, top_p: float) -> Tensor:
    """Turn logits into the probabilities that nucleus (top-p) sampling draws from.

    The nucleus is the smallest set of most likely tokens whose probability reaches `top_p`. The
    token that crosses `top_p` belongs to it, and at least one token does. See Holtzman et al.,
    "The Curious Case of Neural Text Degeneration".

    Args:
        logits: (..., vocabulary), with any number of leading axes, also none.
        top_p: a probability.

    Returns:
        The shape of `logits`. In every row the tokens of the nucleus keep their proportions and
        sum to 1; the others get exactly 0.

    Hints:
        1. Make probabilities of the logits, then sort each row from large to small. `sort` also
           tells where every value came from.
        2. A token belongs to the nucleus when the tokens before it, it not counted, have not
           reached `top_p` yet. A cumulative sum tells how much they have.
        3. Bring the kept probabilities back to their own places: `scatter` undoes a sort.
        4. Each row has a nucleus of its own. So divide each row by its own sum.
    """
    probabilities = logits.softmax(dim=-1)
    likely_first, order = probabilities.sort(dim=-1, descending=True)
    before = likely_first.cumsum(dim=-1) - likely_first
    kept = before < top_p
    kept[..., 0] = True
    nucleus = probabilities.scatter(-1, order, likely_first * kept)
    return nucleus / nucleus.sum(dim=-1, keepdim=True)


def sample(
    model, tokenizer, prompt: str, n: int, max_new_tokens: int, top_p: float = 0.9
) -> list[str]:
    """Draw continuations of a prompt from the nucleus.

    Args:
        model: a causal language model in evaluation mode.
        tokenizer: its tokenizer.
        prompt: the text to continue.
        n: how many continuations to draw, independently of one another.
        max_new_tokens: how many tokens to add at most. The end token ends a text earlier.
        top_p: the probability of the nucleus, at every step.

    Returns:
        A list of n texts, each the prompt and a continuation, without special tokens. The random
        numbers come from torch: the caller seeds it, this function does not.

    Hints:
        1. `generate` can sample; you have to ask for it. It can also return several
           continuations of one prompt.
        2. Print `model.generate(..., do_sample=True)` often enough and look how many different
           first tokens you see. An option that you did not set cuts off all but the 50 likeliest
           tokens. Set it so that it does nothing.
        3. The tokenizer decodes a whole batch at once.
    """
    inputs = tokenizer(prompt, return_tensors="pt")
    ids = model.generate(
        **inputs,
        do_sample=True,
        top_k=0,
        top_p=top_p,
        num_return_sequences=n,
        max_new_tokens=max_new_tokens,
        pad_token_id=tokenizer.pad_token_id,
    )
    return tokenizer.batch_decode(ids, skip_special_tokens=True)
