from datasets import DatasetDict
from torch.utils.data import DataLoader
from transformers import DataCollatorWithPadding

KEEP = ["input_ids", "attention_mask", "labels"]


def truncate(example: dict, max_words: int = 50) -> dict:
    text = " ".join(example["text"].split()[:max_words])
    return example | {"text": text}


def small_splits(dataset, seed: int, n_train: int, n_val: int) -> DatasetDict:
    # truncated first, shuffled then: the same rows in the same order
    rows = dataset.map(truncate).shuffle(seed=seed)
    return DatasetDict(
        {
            "train": rows.select(range(n_train)),
            "val": rows.select(range(n_train, n_train + n_val)),
        }
    )


def tokenize_splits(splits: DatasetDict, tokenizer) -> DatasetDict:
    encoded = splits.map(
        lambda batch: tokenizer(
            batch["text"],
            padding="max_length",
            truncation=True,
            max_length=tokenizer.model_max_length,
        ),
        batched=True,
    )
    encoded = encoded.rename_column("label", "labels")
    encoded = encoded.select_columns(KEEP)
    encoded.set_format("torch", columns=KEEP)
    return encoded


def make_loaders(splits: DatasetDict, tokenizer, batch_size: int):
    collator = DataCollatorWithPadding(tokenizer=tokenizer, padding="longest", return_tensors="pt")
    loaders = []
    for name in ("train", "val"):
        loaders.append(
            DataLoader(
                splits[name], batch_size=batch_size, shuffle=name == "train", collate_fn=collator
            )
        )
    return tuple(loaders)
