from datasets import DatasetDict
from torch.utils.data import DataLoader
from transformers import DataCollatorWithPadding


def truncate(example, max_words=50):
    return {**example, "text": " ".join(example["text"].split()[:max_words])}


def small_splits(dataset, seed, n_train, n_val):
    shuffled = dataset.shuffle(seed=seed)
    return DatasetDict(
        train=shuffled.select(range(n_train)).map(truncate),
        val=shuffled.select(range(n_train, n_train + n_val)).map(truncate),
    )


def tokenize_splits(splits, tokenizer):
    def encode(examples):
        encoded = tokenizer(examples["text"], truncation=True)
        return {
            "input_ids": encoded["input_ids"],
            "attention_mask": encoded["attention_mask"],
            "labels": examples["label"],
        }

    columns = splits["train"].column_names
    return splits.map(encode, batched=True, remove_columns=columns).with_format("torch")


def make_loaders(splits, tokenizer, batch_size):
    collate = DataCollatorWithPadding(tokenizer)
    train = DataLoader(splits["train"], batch_size=batch_size, shuffle=True, collate_fn=collate)
    val = DataLoader(splits["val"], batch_size=batch_size, collate_fn=collate)
    return train, val
