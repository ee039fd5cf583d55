"""How the four questions are graded here: two cases and two checks a question, eight points.

The other graders have the same cases and look at the same values: `assignment/test_solution.py`.
"""

from grader import batch, model, same, task, tokenizer

POINTS = 8
BERT = tokenizer("distilbert/distilbert-base-cased")


def classifier(seed):
    """A tiny DistilBERT with a head for two labels."""
    return model("distilbert", head="sequence-classification", seed=seed)


def eight(seed):
    """Eight labelled batches of three rows of unequal lengths; `seed` shifts the ids."""
    return [
        batch(
            [
                [(seed + 7 * step + 11 * row + place) % 96 + 1 for place in range(4 + row)]
                for row in range(3)
            ],
            labels=[step % 2, 1, 0],
        )
        for step in range(8)
    ]


pad = task("pad_texts")
pad.case("two texts", public=True, tokenizer=BERT, texts=["Hello, how are you?", "Fine."])
pad.case("longer texts", tokenizer=BERT, texts=["word after word " * 20, "a rather short one", ""])
pad.check("the ids are padded to the longest text", same("input_ids"), points=1)
pad.check("the mask tells real tokens from padding", same("attention_mask"), points=1)

PADDED = 'tokenizer(texts, padding=True, return_tensors="pt")'
pad.mistake(
    "You pad to the model's maximum length. The batch is as wide as its longest text.",
    PADDED,
    'tokenizer(texts, padding="max_length", return_tensors="pt")',
)
pad.mistake(
    "You do not ask for padding, so rows of unequal lengths cannot become one tensor.",
    PADDED,
    'tokenizer(texts, return_tensors="pt")',
)
pad.mistake(
    "Your mask is 1 everywhere: the model then reads the padding as text.",
    "return " + PADDED,
    "padded = " + PADDED + "\n"
    '    return {**padded, "attention_mask": torch.ones_like(padded["input_ids"])}',
)
pad.mistake(
    "You leave out the special tokens.",
    PADDED,
    'tokenizer(texts, padding=True, add_special_tokens=False, return_tensors="pt")',
)

look = task("internals", probe="seen")
look.case(
    "two texts of unequal length",
    public=True,
    model=model("distilbert", seed=1),
    batch=batch([[5, 61, 7, 8, 9], [5, 17, 9]]),
)
look.case(
    "three texts",
    model=model("distilbert", seed=2),
    batch=batch([[5, 9], [5, 33, 21, 9], [5, 44, 45, 46, 47, 48, 9]]),
)
look.check("the hidden states of every layer", same("hidden_states"), points=1)
look.check("the attentions of every layer", same("attentions"), points=1)

look.mistake(
    "You do not pass the attention mask on: the model reads the padding as text.",
    "model(**batch, ",
    'model(input_ids=batch["input_ids"], ',
)
look.mistake(
    "Your attentions are empty: SDPA attention never forms them. Ask for the eager one.",
    '    model.set_attn_implementation("eager")\n',
    "",
)
look.mistake(
    "You leave out the hidden state before the first layer, the embeddings.",
    "return outputs.hidden_states,",
    "return outputs.hidden_states[1:],",
)
look.mistake(
    "You return the last layer's attentions alone.",
    "outputs.attentions\n",
    "outputs.attentions[-1:]\n",
)

loop = task("train", probe="trained")
loop.case("eight steps", public=True, model=classifier(1), batches=eight(1), lr=0.002)
loop.case("other batches", model=classifier(2), batches=eight(20), lr=0.002)
loop.check("one loss a step, taken before the step", same("losses"), points=1)
loop.check("the weights after the last step", same("weights"), points=1)

loop.mistake(
    "You never forget the old gradients: each step uses the sum of all batches so far.",
    "        optimizer.zero_grad()\n",
    "",
)
loop.mistake(
    "You compute the loss again after the step. It is the loss before the step that counts.",
    "losses.append(loss.item())",
    "losses.append(model(**batch).loss.item())",
)
loop.mistake(
    "Your `return` stands inside the loop: only the first batch is learned from.",
    "    return losses\n",
    "        return losses\n",
)
loop.mistake(
    "Your optimizer never steps: nothing is learned.",
    "        optimizer.step()\n",
    "",
)

freeze = task("freeze_encoder", probe="frozen")
freeze.case("a fresh classifier", public=True, model=classifier(1))
freeze.case(
    "two layers, three labels",
    model=model("distilbert", head="sequence-classification", seed=2, layers=2, num_labels=3),
)
freeze.check("nothing of the encoder trains", same("encoder"), points=1)
freeze.check("the head still trains", same("head"), points=1, given="nothing of the encoder trains")

FROZEN = (
    "    for parameter in model.base_model.parameters():\n        parameter.requires_grad = False\n"
)
freeze.mistake(
    "You freeze the whole model, its head included.",
    "model.base_model.parameters()",
    "model.parameters()",
)
freeze.mistake(
    "You set `requires_grad` on the module, which has no such attribute: nothing is frozen.",
    FROZEN,
    "    model.base_model.requires_grad = False\n",
)
freeze.mistake(
    "You freeze the layers and forget the embeddings.",
    "model.base_model.parameters()",
    "model.base_model.transformer.parameters()",
)
freeze.mistake(
    "You freeze the head and leave the encoder as it was: it is the other way round.",
    FROZEN,
    "    for name, parameter in model.named_parameters():\n"
    "        parameter.requires_grad = name.startswith(model.base_model_prefix)\n",
)
