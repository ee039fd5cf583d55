from datasets import Dataset, DatasetDict
from torch.utils.data import DataLoader


def truncate(example, max_words=50):
    example.update(text=" ".join(example["text"].split()[0:max_words]))
    return example


def small_splits(dataset, seed, n_train, n_val):
    mixed = dataset.shuffle(seed=seed)

    def part(start, stop):
        columns = mixed[start:stop]
        columns["text"] = [truncate({"text": t})["text"] for t in columns["text"]]
        return Dataset.from_dict(columns)

    return DatasetDict(train=part(0, n_train), val=part(n_train, n_train + n_val))


def tokenize_splits(splits, tokenizer):
    out = {}
    for name in splits:
        texts = list(splits[name]["text"])
        ids, masks = [], []
        for text in texts:
            enc = tokenizer.encode_plus(text, truncation=True) if hasattr(tokenizer, "encode_plus") else tokenizer(text, truncation=True)
            ids.append(enc["input_ids"])
            masks.append(enc["attention_mask"])
        out[name] = Dataset.from_dict(
            {"input_ids": ids, "attention_mask": masks, "labels": list(splits[name]["label"])}
        ).with_format("torch")
    return DatasetDict(out)


def make_loaders(splits, tokenizer, batch_size):
    def together(rows):
        return tokenizer.pad(
            {key: [row[key] for row in rows] for key in ("input_ids", "attention_mask", "labels")},
            padding=True,
            return_tensors="pt",
        )

    return (
        DataLoader(splits["train"], batch_size=batch_size, shuffle=True, collate_fn=together),
        DataLoader(splits["val"], batch_size=batch_size, collate_fn=together),
    )
