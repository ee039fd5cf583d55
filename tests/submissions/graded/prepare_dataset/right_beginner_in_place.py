import torch
from datasets import DatasetDict
from torch.utils.data import DataLoader

def truncate(example, max_words = 50):
    words = example["text"].split()
    short = ""
    count = 0
    for w in words:
        if count == max_words:
            break
        if count > 0:
            short = short + " "
        short = short + w
        count = count + 1
    example["text"] = short
    return example

def small_splits(dataset, seed, n_train, n_val):
    dataset = dataset.shuffle(seed = seed)
    train = dataset.select(list(range(0, n_train)))
    val = dataset.select(list(range(n_train, n_train + n_val)))
    d = DatasetDict()
    d["train"] = train.map(lambda e: truncate(e))
    d["val"] = val.map(lambda e: truncate(e))
    print(d)
    return d

def tokenize_splits(splits, tokenizer):
    new = splits.map(lambda e: tokenizer(e["text"], truncation = True))
    new = new.rename_column("label", "labels")
    for name in new:
        for c in new[name].column_names:
            if c != "input_ids" and c != "attention_mask" and c != "labels":
                new[name] = new[name].remove_columns(c)
    new.set_format("torch")
    return new

def make_loaders(splits, tokenizer, batch_size):
    def my_collate(rows):
        longest = 0
        for r in rows:
            if len(r["input_ids"]) > longest:
                longest = len(r["input_ids"])
        ids = []
        masks = []
        labels = []
        for r in rows:
            i = r["input_ids"].tolist()
            m = r["attention_mask"].tolist()
            while len(i) < longest:
                i.append(tokenizer.pad_token_id)
                m.append(0)
            ids.append(i)
            masks.append(m)
            labels.append(int(r["labels"]))
        return {"input_ids": torch.tensor(ids).long(), "attention_mask": torch.tensor(masks).long(), "labels": torch.tensor(labels)}
    train_loader = DataLoader(splits["train"], batch_size = batch_size, shuffle = True, collate_fn = my_collate)
    val_loader = DataLoader(splits["val"], batch_size = batch_size, shuffle = False, collate_fn = my_collate)
    return train_loader, val_loader
