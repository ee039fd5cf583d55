import torch
from datasets import DatasetDict
from torch.utils.data import DataLoader, TensorDataset


def truncate(example, max_words=50):
    out = example.copy()
    out["text"] = " ".join(out["text"].split()[:max_words])
    return out


def small_splits(dataset, seed, n_train, n_val):
    order = dataset.shuffle(seed=seed)
    order = order.flatten_indices()
    return DatasetDict(
        train=order.select(range(n_train)).map(truncate),
        val=order.select(range(n_train, n_train + n_val)).map(truncate),
    )


def tokenize_splits(splits, tokenizer):
    def batch_to_columns(examples):
        enc = tokenizer(examples["text"], truncation=True, max_length=tokenizer.model_max_length)
        return {
            "input_ids": enc["input_ids"],
            "attention_mask": enc["attention_mask"],
            "labels": examples["label"],
        }

    return DatasetDict(
        {
            name: part.map(batch_to_columns, batched=True, remove_columns=part.column_names)
            for name, part in splits.items()
        }
    ).with_format("torch")


def make_loaders(splits, tokenizer, batch_size):
    """All the rows of a split as three tensors; a batch is a dict again."""

    def tensors(split):
        rows = list(split)
        longest = max(len(row["input_ids"]) for row in rows)
        ids = torch.full((len(rows), longest), tokenizer.pad_token_id)
        mask = torch.zeros(len(rows), longest, dtype=torch.long)
        labels = torch.zeros(len(rows), dtype=torch.long)
        for k, row in enumerate(rows):
            n = len(row["input_ids"])
            ids[k, :n] = row["input_ids"]
            mask[k, :n] = row["attention_mask"]
            labels[k] = row["labels"]
        return TensorDataset(ids, mask, labels)

    def collate(rows):
        names = ("input_ids", "attention_mask", "labels")
        return {name: torch.stack(column) for name, column in zip(names, zip(*rows))}

    return (
        DataLoader(tensors(splits["train"]), batch_size, shuffle=True, collate_fn=collate),
        DataLoader(tensors(splits["val"]), batch_size, collate_fn=collate),
    )
