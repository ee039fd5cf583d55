"""Renames first, pads to multiples of eight, keeps the rows as lists until they are asked for."""

from datasets import Dataset, DatasetDict
from torch.utils.data import DataLoader, Subset
from transformers import DataCollatorWithPadding


def truncate(example: dict, max_words: int = 50) -> dict:
    copy = example.copy()
    copy.update(text=" ".join(copy["text"].split()[0:max_words]))
    return copy


def small_splits(dataset: Dataset, seed: int, n_train: int, n_val: int) -> DatasetDict:
    shuffled = dataset.shuffle(seed=seed, keep_in_memory=True)

    def part(start, stop):
        rows = Dataset.from_dict(shuffled[start:stop], features=dataset.features)
        return rows.map(lambda row: truncate(row), keep_in_memory=True)

    return DatasetDict(train=part(0, n_train), val=part(n_train, n_train + n_val))


def tokenize_splits(splits: DatasetDict, tokenizer) -> DatasetDict:
    def encode(texts):
        return tokenizer(
            texts, truncation=True, padding=True, pad_to_multiple_of=None, verbose=False
        )

    renamed = splits.rename_column("label", "labels")
    encoded = renamed.map(
        encode, batched=True, batch_size=1, input_columns="text", remove_columns="text"
    )
    return encoded.with_format("torch", dtype=None)


def make_loaders(splits: DatasetDict, tokenizer, batch_size: int):
    collator = DataCollatorWithPadding(tokenizer, padding="longest", pad_to_multiple_of=8)
    loaders = {}
    for name, shuffle in (("train", True), ("val", False)):
        rows = Subset(splits[name], range(splits[name].num_rows))
        loaders[name] = DataLoader(rows, batch_size, shuffle, collate_fn=collator)
    return loaders["train"], loaders["val"]
