"""Topic 7: from a data set of texts to batches that a model can be trained on.

Real film reviews: cut them short, choose a few, turn words into ids, and hand them out in batches.
The lecture's data set is `load_dataset("stanfordnlp/imdb")`; its columns are `text` and `label`.
"""

from datasets import Dataset, DatasetDict
from torch.utils.data import DataLoader
from transformers import DataCollatorWithPadding, PreTrainedTokenizerBase


def truncate(example: dict, max_words: int = 50) -> dict:
    """Return the example with the first `max_words` words of its text.

    example: a row, with `text` and any other fields. The other fields are kept as they are.
    max_words: at least 1.
    Words are what stands between white space of any kind (blanks, tabs, line ends, ...). In the
    result one blank stands between two words, and none before or after them, in a short text too.

    Hints:
    1. Try `"a  b\\tc\\n".split(" ")`, and then the same without an argument.
    2. What does `words[:50]` give when there are only three?
    3. A new dict with everything of another one and one key replaced: look for `**` or `|`.
    """
    words = example["text"].split()
    return {**example, "text": " ".join(words[:max_words])}


def small_splits(dataset: Dataset, seed: int, n_train: int, n_val: int) -> DatasetDict:
    """Choose a small training and a small validation split from one large split.

    dataset: has `text` and `label`, and at least n_train + n_val rows.
    The rows are shuffled by `Dataset.shuffle(seed=seed)`; the first n_train are `train`, the next
    n_val are `val`. Both are truncated to 50 words. No row is in both.

    Hints:
    1. All negative reviews come first in the data set: what would the first rows be without
       shuffling?
    2. Shuffle once. `Dataset.select` takes row numbers; a `range` is fine.
    3. `map` calls a function for every row. A `DatasetDict` has it too.
    """
    shuffled = dataset.shuffle(seed=seed)
    splits = DatasetDict(
        train=shuffled.select(range(n_train)),
        val=shuffled.select(range(n_train, n_train + n_val)),
    )
    return splits.map(truncate)


def tokenize_splits(splits: DatasetDict, tokenizer: PreTrainedTokenizerBase) -> DatasetDict:
    """Turn the text of every split into ids.

    splits: `train` and `val`, each with the columns `text` and `label`.
    The columns of the result are exactly `input_ids`, `attention_mask` and `labels`, in any order,
    and its rows hold torch tensors. Rows are cut, as the tokenizer cuts, at the model's maximum
    length. Pad them or not: both are right. (If you pad here, `make_loaders` is given rows padded
    to equal lengths, else rows of unequal length.)

    Hints:
    1. `map` adds the columns that your function returns, and keeps the old ones.
    2. A tokenizer does not cut unless you ask it to. It knows the model's maximum length.
    3. There are methods that rename and remove columns, and one that chooses the format. Print
       `splits` after each step; `column_names` shows the columns that a format only hides, too.
    """
    tokenized = splits.map(lambda batch: tokenizer(batch["text"], truncation=True, padding="max_length"), batched=True)
    renamed = tokenized.rename_column("label", "labels")
    return renamed.select_columns(["input_ids", "attention_mask", "labels"]).with_format("torch")


def make_loaders(
    splits: DatasetDict, tokenizer: PreTrainedTokenizerBase, batch_size: int
) -> tuple[DataLoader, DataLoader]:
    """Return the loaders of `train` and of `val`.

    splits: as `tokenize_splits` gives them.
    batch_size: rows in a batch, of both loaders. Any number from 1 on. The last batch may be
        shorter: no row is dropped.
    A batch has the keys `input_ids`, `attention_mask` (both batch, sequence) and `labels` (batch),
    and the mask is 0 where a row is padded. `train` comes in a new order every epoch, `val` in its
    own order every time.

    Hints:
    1. Rows of unequal length do not fit into one tensor. What does `collate_fn` do?
    2. transformers has data collators. One of them pads with a tokenizer.
    3. An epoch is one loop over the loader. Collect the labels of two epochs and compare.
    """
    import torch
    def collate(rows):
        ids = torch.stack([row["input_ids"] for row in rows])
        return {"input_ids": ids, "attention_mask": (ids != tokenizer.pad_token_id).long(), "labels": torch.stack([row["labels"] for row in rows])}
    train = DataLoader(splits["train"], batch_size=batch_size, shuffle=True, collate_fn=collate)
    val = DataLoader(splits["val"], batch_size=batch_size, collate_fn=collate)
    return train, val
