import datasets
import torch
from torch.nn.utils.rnn import pad_sequence
from torch.utils.data import DataLoader

# wie in der Vorlesung: padding=True beim Tokenisieren, 16 Zeilen auf einmal
# (die Zeilen sind dann trotzdem verschieden lang, also nochmal auffuellen)


def truncate(example, max_words=50):
    example = dict(example)
    example["text"] = " ".join(example["text"].split(maxsplit=max_words)[:max_words])
    return example


def small_splits(dataset, seed, n_train, n_val):
    gemischt = dataset.shuffle(seed=seed)
    return datasets.DatasetDict(
        {
            "train": gemischt.take(n_train).map(truncate),
            "val": gemischt.skip(n_train).take(n_val).map(truncate),
        }
    )


def tokenize_splits(splits, tokenizer):
    fertig = splits.map(
        lambda example: tokenizer(example["text"], padding=True, truncation=True),
        batched=True,
        batch_size=16,
    )
    weg = set(fertig["train"].column_names) - {"input_ids", "attention_mask", "label"}
    fertig = fertig.remove_columns(sorted(weg))
    fertig = fertig.rename_column("label", "labels")
    fertig.set_format("torch")
    return fertig


def make_loaders(splits, tokenizer, batch_size):
    def collate(rows):
        def padded(name):
            return pad_sequence([torch.as_tensor(r[name]) for r in rows], batch_first=True)

        # aufgefuellt wird mit 0; die Maske ist dort auch 0
        return {
            "input_ids": padded("input_ids").long(),
            "attention_mask": padded("attention_mask").long(),
            "labels": torch.stack([torch.as_tensor(r["labels"]) for r in rows]),
        }

    return (
        DataLoader(splits["train"], batch_size, shuffle=True, collate_fn=collate),
        DataLoader(splits["val"], batch_size, shuffle=False, collate_fn=collate),
    )
