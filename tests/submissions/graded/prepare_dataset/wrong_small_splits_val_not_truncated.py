# loses: small_splits: val is not truncated
from datasets import DatasetDict
from torch.utils.data import DataLoader
from transformers import DataCollatorWithPadding


def truncate(example, max_words=50):
    return {**example, "text": " ".join(example["text"].split()[:max_words])}


def small_splits(dataset, seed, n_train, n_val):
    shuffled = dataset.shuffle(seed=seed)
    train = shuffled.select(range(n_train)).map(truncate)
    val = shuffled.select(range(n_train, n_train + n_val))
    return DatasetDict({"train": train, "val": val})


def tokenize_splits(splits, tokenizer):
    columns = ["input_ids", "attention_mask", "labels"]
    encoded = splits.map(lambda e: tokenizer(e["text"], truncation=True), batched=True)
    encoded = encoded.rename_column("label", "labels")
    encoded = encoded.select_columns(columns)
    return encoded.with_format("torch")


def make_loaders(splits, tokenizer, batch_size):
    collate = DataCollatorWithPadding(tokenizer)
    train = DataLoader(splits["train"], batch_size=batch_size, shuffle=True, collate_fn=collate)
    val = DataLoader(splits["val"], batch_size=batch_size, shuffle=False, collate_fn=collate)
    return train, val
