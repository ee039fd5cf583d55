"""Real reviews to work on, and what the functions of `prepare_dataset` made of them.

In: a fixture's arguments, or a student's function and its inputs. Out: data sets and tokenizers,
or facts as plain values. No expected value is in here.
"""

import sys
import tempfile
from collections.abc import Mapping
from functools import cache

import tokenizers
import torch
from datasets import Dataset, DatasetDict, load_dataset
from torch.utils.data import DataLoader
from transformers import PreTrainedTokenizerFast

from grader.worker.fixtures import use_scratch

COLUMNS = ("input_ids", "attention_mask", "labels")
ENOUGH = 10  # rows, of which two shuffles hardly ever agree: once in 10! times

# ------------------------------------------------------------------ fixtures


def imdb():
    """The training split of the lecture's data set, read from its file: 1,000 rows."""
    use_scratch(tempfile.gettempdir())
    return load_dataset("stanfordnlp/imdb", split="train")


def reviews(rows, start=0, step=1, characters=None):
    """``rows`` reviews in memory, every ``step``-th from row ``start`` on; of each the first
    ``characters``, if given."""
    chosen = _all_reviews().select([(start + step * row) % 1000 for row in range(rows)])
    texts = [text[:characters] for text in chosen["text"]]
    return Dataset.from_dict({"text": texts, "label": list(chosen["label"])})


def texts(texts, labels):
    """A data set in memory of given texts."""
    return Dataset.from_dict({"text": texts, "label": labels})


def splits(**named):
    """A `DatasetDict` of data sets by name."""
    return DatasetDict(named)


def limited(tokenizer, length):
    """The tokenizer of a model that takes no more than ``length`` tokens."""
    tokenizer.model_max_length = length
    return tokenizer


def tokenized(train, train_labels, val, val_labels, pad_id=0):
    """Splits in torch format of given ids: rows of unequal length, or, where the student's own
    `tokenize_splits` pads, padded with ``pad_id`` to the longest of the split."""
    pads = _pads_itself()
    made = {
        "train": _rows(train, train_labels, pads, pad_id),
        "val": _rows(val, val_labels, pads, pad_id),
    }
    return DatasetDict(made).with_format("torch")


def small_tokenizer(pad_id=0):
    """A tokenizer of made-up words that pads on the right with ``pad_id``."""
    words = {f"word{number}": number for number in range(60)}
    model = tokenizers.models.WordLevel(words, unk_token="word1")
    backend = tokenizers.Tokenizer(model)
    backend.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    return PreTrainedTokenizerFast(
        tokenizer_object=backend,
        pad_token=f"word{pad_id}",
        padding_side="right",
        model_max_length=64,
        model_input_names=["input_ids", "attention_mask"],
    )


@cache
def _all_reviews():
    return imdb()


@cache
def _pads_itself():
    """Whether the student's `tokenize_splits` gives short and long texts equal lengths."""
    own = getattr(sys.modules.get("solution"), "tokenize_splits", None)
    two = {"text": ["word5", "word6 word7 word8"], "label": [0, 1]}
    splits = {name: Dataset.from_dict(two) for name in ("train", "val")}
    try:
        made = own(DatasetDict(splits), small_tokenizer())
        lengths = {len(ids) for ids in made["train"].with_format(None)["input_ids"]}
    except NotImplementedError:
        return False
    except Exception:
        return True  # its fault counts there: equal lengths suit every way of loading them
    return len(lengths) == 1


def _rows(rows, labels, pads, pad_id):
    width = max(map(len, rows)) if pads else 0
    masks = [[1] * len(row) + [0] * (width - len(row)) for row in rows]
    ids = [row + [pad_id] * (width - len(row)) for row in rows]
    return Dataset.from_dict({"input_ids": ids, "attention_mask": masks, "labels": labels})


# ------------------------------------------------------------------ probes


def chosen(function, inputs):
    """The rows of both splits: their labels, how their texts begin, and the texts in full."""
    result = function(**inputs)
    if not _is_splits(result):
        return {"result": type(result).__name__}
    plain = {str(name): split.with_format(None) for name, split in result.items()}
    beginnings = {name: [_beginning(row) for row in split] for name, split in plain.items()}
    return {
        "beginnings": beginnings,
        "texts": {name: [row.get("text") for row in split] for name, split in plain.items()},
        "splits": {"a DatasetDict": isinstance(result, DatasetDict), "rows": beginnings},
    }


def tokenized_facts(function, inputs):
    """The real ids of every row, the labels, the columns of every split, and what a row holds."""
    result = function(**inputs)
    if not _is_splits(result):
        return {"result": type(result).__name__}
    plain = {str(name): split.with_format(None) for name, split in result.items()}
    ids = {name: [_real_ids(row) for row in split] for name, split in plain.items()}
    columns = {str(name): [split.num_rows, *_columns(split)] for name, split in result.items()}
    return {
        "ids": ids,
        "labels": {name: [row.get("labels") for row in split] for name, split in plain.items()},
        "columns": {"a DatasetDict": isinstance(result, DatasetDict), "rows, names": columns},
        "first_rows": {str(name): _first_row(split) for name, split in result.items()},
    }


def loaded(function, inputs):
    """Two epochs of both loaders: their rows, real ids only, each with its label in front."""
    result = function(**inputs)
    if not isinstance(result, (tuple, list)) or len(result) != 2:
        return {"batches": type(result).__name__}
    train, again, val, val_again = (_epoch(result[number]) for number in (0, 0, 1, 1))
    first, second = _batch_rows(train), _batch_rows(again)
    facts = {
        "train_rows": [sorted(first, key=str), sorted(second, key=str)],
        "val_rows": [_batch_rows(val), _batch_rows(val_again)],
        "batches": {
            "are DataLoaders": all(isinstance(loader, DataLoader) for loader in result),
            "train": [_described(batch) for batch in train],
            "val": [_described(batch) for batch in val],
        },
    }
    split = inputs["splits"]["train"].with_format(None)
    if len(split) >= ENOUGH:
        given = [[row["labels"], *_real_ids(row)] for row in split]
        orders = {"that of the split": first == given, "the same twice": first == second}
        facts["epochs"] = {"rows": sorted(first, key=str), "order": orders}
    return facts


def _epoch(loader):
    """The batches of one loop over the loader; what it raised, in the place of the batches."""
    try:
        return list(loader)
    except Exception as error:
        return [f"{type(error).__name__}: {error}"]


def _is_splits(value):
    return isinstance(value, Mapping) and all(isinstance(one, Dataset) for one in value.values())


def _beginning(row):
    """The label, and the first characters of the text without its blanks."""
    return [row.get("label"), "".join(str(row.get("text")).split())[:24]]


def _real_ids(row):
    """The ids where the mask is not 0; `None` without ids and a mask of the same length."""
    ids, mask = row.get("input_ids"), row.get("attention_mask")
    if not isinstance(ids, list) or not isinstance(mask, list) or len(ids) != len(mask):
        return None
    return [number for number, real in zip(ids, mask, strict=True) if real]


def _columns(split):
    """The names of all columns, sorted; of those that the format hides, with a remark."""
    shown = set(split.format["columns"])
    return sorted(name if name in shown else f"{name} (hidden)" for name in split.column_names)


def _first_row(split):
    """What kind of value the first row has in every column, and how many real tokens."""
    row = split[0]
    kinds = {name: _kind(row.get(name)) for name in COLUMNS}
    return kinds | {"tokens": len(_real_ids(split.with_format(None)[0]) or ())}


def _kind(value):
    if isinstance(value, torch.Tensor):
        return "tensor of fractions" if value.is_floating_point() else "tensor of integers"
    return type(value).__name__


def _batch_rows(batches):
    """[label, real ids...] of every row of the batches, in order."""
    return [row for batch in batches for row in _rows_of(batch)]


def _rows_of(batch):
    if isinstance(batch, str):
        return [batch]
    try:
        ids, mask, labels = (torch.as_tensor(batch[name]) for name in COLUMNS)
        pairs = zip(ids, mask, labels.tolist(), strict=True)
        return [[label, *row[real.bool()].tolist()] for row, real, label in pairs]
    except (KeyError, IndexError, TypeError, ValueError):
        return ["no rows of ids, mask and label"]


def _described(batch):
    """The number of rows, and of every key the kind of value and its number of axes."""
    if isinstance(batch, str):
        return batch
    if not isinstance(batch, Mapping):
        return type(batch).__name__
    sizes = {len(value) for value in batch.values() if isinstance(value, torch.Tensor)}
    kinds = {
        name: f"{'tensor' if name == 'attention_mask' and _axes(value) == 2 else _kind(value)}, "
        f"{_axes(value)} axes"
        for name, value in batch.items()
    }
    return {"rows": sorted(sizes), "columns": kinds}


def _axes(value):
    return value.dim() if isinstance(value, torch.Tensor) else "no"


# ------------------------------------------------------------------ stand-in


def double_truncate(example, *limits, **named):
    """Stands in for `truncate` where that one is wrong: it counts characters instead of words."""
    limit = next(iter((*limits, *named.values())), 50)
    example["text"] = example["text"][:limit]
    return example
