"""Plain lists as far as they go, splits made anew from columns, padding by torch."""

import torch
from datasets import Dataset, DatasetDict
from torch.nn.utils.rnn import pad_sequence
from torch.utils.data import DataLoader, RandomSampler, SequentialSampler


def truncate(example, max_words=50):
    kept = []
    for word in example["text"].split():
        if len(kept) == max_words:
            break
        kept.append(word)
    result = dict(example)
    result["text"] = " ".join(kept)
    return result


def small_splits(dataset, seed, n_train, n_val):
    rows = [truncate(row, 50) for row in dataset.shuffle(seed=seed)]
    return DatasetDict(
        {
            "val": Dataset.from_list(rows[n_train : n_train + n_val]),
            "train": Dataset.from_list(rows[:n_train]),
        }
    )


def tokenize_splits(splits, tokenizer):
    made = DatasetDict()
    for name, split in splits.items():
        encodings = [tokenizer(row["text"], truncation=True) for row in split]
        columns = {
            "labels": [row["label"] for row in split],
            "input_ids": [encoding["input_ids"] for encoding in encodings],
            "attention_mask": [encoding["attention_mask"] for encoding in encodings],
        }
        made[name] = Dataset.from_dict(columns).with_format("torch")
    return made


def _collate(rows):
    ids = [torch.as_tensor(row["input_ids"]) for row in rows]
    masks = [torch.ones(len(row), dtype=torch.long) for row in ids]
    return {
        "input_ids": pad_sequence(ids, batch_first=True),
        "attention_mask": pad_sequence(masks, batch_first=True),
        "labels": torch.tensor([int(row["labels"]) for row in rows]),
    }


def make_loaders(splits, tokenizer, batch_size):
    train, val = splits["train"], splits["val"]
    generator = torch.Generator().manual_seed(0)
    shuffled = RandomSampler(train, generator=generator)
    return (
        DataLoader(train, batch_size, sampler=shuffled, collate_fn=_collate),
        DataLoader(val, batch_size, sampler=SequentialSampler(val), collate_fn=_collate),
    )
