from datasets import DatasetDict
from torch.utils.data import DataLoader as DL
from transformers import DataCollatorWithPadding as C

truncate = lambda example, max_words=50: {**example, "text": " ".join(example["text"].split()[:max_words])}
small_splits = lambda dataset, seed, n_train, n_val: (lambda d: DatasetDict(train=d.select(range(n_train)), val=d.select(range(n_train, n_train + n_val))).map(truncate))(dataset.shuffle(seed=seed))
tokenize_splits = lambda splits, tokenizer: splits.map(lambda e: tokenizer(e["text"], truncation=True), batched=True).rename_column("label", "labels").select_columns(["input_ids", "attention_mask", "labels"]).with_format("torch")
make_loaders = lambda splits, tokenizer, batch_size: tuple(DL(splits[s], batch_size=batch_size, shuffle=(s == "train"), collate_fn=C(tokenizer)) for s in ("train", "val"))
