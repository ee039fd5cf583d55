"""The four questions as plain pytest tests: what a CI autograder runs beside a `solution.py`.

The cases and the values compared are those of `reference/four_questions/task.py`. The notebooks of
otter-grader and nbgrader are made from this file (`notebooks.py`): what stands before the first
test becomes their first cell, the body of each test a cell of assertions.
"""

import pytest
import torch
from solution import freeze_encoder, internals, pad_texts, train
from transformers import (
    AutoTokenizer,
    DistilBertConfig,
    DistilBertForSequenceClassification,
    DistilBertModel,
)


def tiny(kind, seed, layers=3, **options):
    """A tiny DistilBERT with random weights, float64, without dropout."""
    torch.manual_seed(seed)
    config = DistilBertConfig(
        vocab_size=97,
        dim=20,
        n_layers=layers,
        n_heads=4,
        hidden_dim=28,
        max_position_embeddings=64,
        initializer_range=0.2,
        dropout=0.0,
        attention_dropout=0.0,
        seq_classif_dropout=0.0,
        **options,
    )
    return kind(config).double().eval()


def classifier(seed, **options):
    return tiny(DistilBertForSequenceClassification, seed, **options)


def batch_of(rows, labels=None):
    """The rows of ids as a padded batch."""
    longest = max(len(row) for row in rows)
    ids = [row + [0] * (longest - len(row)) for row in rows]
    mask = [[1] * len(row) + [0] * (longest - len(row)) for row in rows]
    batch = {"input_ids": torch.tensor(ids), "attention_mask": torch.tensor(mask)}
    return batch if labels is None else {**batch, "labels": torch.tensor(labels)}


def eight(seed):
    """Eight labelled batches of three rows of unequal lengths."""
    return [
        batch_of(
            [
                [(seed + 7 * step + 11 * row + place) % 96 + 1 for place in range(4 + row)]
                for row in range(3)
            ],
            labels=[step % 2, 1, 0],
        )
        for step in range(8)
    ]


TOKENIZER = AutoTokenizer.from_pretrained("distilbert/distilbert-base-cased")
TEXTS = [
    ["Hello, how are you?", "Fine."],
    ["word after word " * 20, "a rather short one", ""],
]
LOOKS = [
    (1, [[5, 61, 7, 8, 9], [5, 17, 9]]),
    (2, [[5, 9], [5, 33, 21, 9], [5, 44, 45, 46, 47, 48, 9]]),
]
RUNS = [(1, 1, 0.002), (2, 20, 0.002)]
CLASSIFIERS = [{"seed": 1}, {"seed": 2, "layers": 2, "num_labels": 3}]


@pytest.mark.parametrize("case", TEXTS)
def test_pad_texts(case):
    want = TOKENIZER(case, padding=True, return_tensors="pt")
    got = pad_texts(TOKENIZER, case)
    torch.testing.assert_close(got["input_ids"], want["input_ids"])
    torch.testing.assert_close(got["attention_mask"], want["attention_mask"])


@pytest.mark.parametrize("case", LOOKS)
def test_internals(case):
    seed, rows = case
    model, batch = tiny(DistilBertModel, seed), batch_of(rows)
    hidden_states, attentions = internals(model, batch)
    model.set_attn_implementation("eager")
    with torch.no_grad():
        want = model(**batch, output_hidden_states=True, output_attentions=True)
    torch.testing.assert_close(hidden_states, want.hidden_states)
    torch.testing.assert_close(attentions, want.attentions)


@pytest.mark.parametrize("case", RUNS)
def test_train(case):
    seed, shift, lr = case
    want, model = [], classifier(seed).train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=lr)
    for batch in eight(shift):
        optimizer.zero_grad()
        loss = model(**batch).loss
        loss.backward()
        optimizer.step()
        want.append(loss.item())
    trained = classifier(seed)
    losses = train(trained, eight(shift), lr)
    torch.testing.assert_close([float(loss) for loss in losses], want)
    torch.testing.assert_close(trained.state_dict(), model.state_dict())


@pytest.mark.parametrize("case", CLASSIFIERS)
def test_freeze_encoder(case):
    model = classifier(**case)
    head = [name for name, _ in model.named_parameters() if not name.startswith("distilbert.")]
    freeze_encoder(model)
    left = [name for name, parameter in model.named_parameters() if parameter.requires_grad]
    assert left == head
