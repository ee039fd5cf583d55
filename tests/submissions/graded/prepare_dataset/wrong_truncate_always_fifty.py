# loses: truncate: fifty words, whatever max_words says
import torch
from datasets import DatasetDict
from torch.nn.utils.rnn import pad_sequence
from torch.utils.data import DataLoader


def truncate(example, max_words=50):
    example["text"] = " ".join(example["text"].split()[:50])
    return example


def small_splits(dataset, seed, n_train, n_val):
    dataset = dataset.shuffle(seed=seed)
    splits = DatasetDict()
    splits["train"] = dataset.select(range(n_train))
    splits["val"] = dataset.select(range(n_train, n_train + n_val))
    return splits.map(truncate)


def tokenize_splits(splits, tokenizer):
    def encode(example):
        encoded = tokenizer(example["text"], truncation=True)
        return {
            "input_ids": encoded["input_ids"],
            "attention_mask": encoded["attention_mask"],
            "labels": example["label"],
        }

    result = splits.map(encode, remove_columns=splits["train"].column_names)
    result.set_format("torch")
    return result


def make_loaders(splits, tokenizer, batch_size):
    def collate(rows):
        ids = [row["input_ids"] for row in rows]
        masks = [row["attention_mask"] for row in rows]
        return {
            "input_ids": pad_sequence(ids, True, tokenizer.pad_token_id).long(),
            "attention_mask": pad_sequence(masks, True, 0).long(),
            "labels": torch.stack([row["labels"] for row in rows]),
        }

    train_loader = DataLoader(splits["train"], batch_size, shuffle=True, collate_fn=collate)
    val_loader = DataLoader(splits["val"], batch_size, collate_fn=collate)
    return train_loader, val_loader
