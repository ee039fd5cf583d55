from datasets import Dataset, DatasetDict
from torch.utils.data import DataLoader
from transformers import DataCollatorWithPadding, PreTrainedTokenizerBase

def truncate(example: dict, max_words: int=50) -> dict:
    words = example['text'].split()
    return {**example, 'text': ' '.join(words[:max_words])}

def small_splits(dataset: Dataset, seed: int, n_train: int, n_val: int) -> DatasetDict:
    shuffled = dataset.shuffle(seed=seed)
    splits = DatasetDict(train=shuffled.select(range(n_train)), val=shuffled.select(range(n_train, n_train + n_val)))
    return splits.map(truncate)

def tokenize_splits(splits: DatasetDict, tokenizer: PreTrainedTokenizerBase) -> DatasetDict:
    tokenized = splits.map(lambda batch: tokenizer(batch['text'], truncation=True), batched=True)
    renamed = tokenized.rename_column('label', 'labels')
    return renamed.select_columns(['input_ids', 'attention_mask', 'labels']).with_format('torch')

def make_loaders(splits: DatasetDict, tokenizer: PreTrainedTokenizerBase, batch_size: int) -> tuple[DataLoader, DataLoader]:
    pad = DataCollatorWithPadding(tokenizer)

    def collate(rows):
        b = pad(rows)
        b['attention_mask'] = b['attention_mask'].float()
        return b
    train = DataLoader(splits['train'], batch_size=batch_size, shuffle=True, collate_fn=collate)
    val = DataLoader(splits['val'], batch_size=batch_size, collate_fn=collate)
    return (train, val)
