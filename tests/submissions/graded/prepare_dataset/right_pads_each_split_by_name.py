from datasets import Dataset, DatasetDict
from torch.utils.data import DataLoader

def truncate(example, max_words=50):
    example['text'] = ' '.join(example['text'].split()[:max_words])
    return example

def small_splits(dataset: Dataset, seed, n_train, n_val):
    shuffled = dataset.shuffle(seed=seed)
    return DatasetDict(train=shuffled.select(range(n_train)).map(truncate), val=shuffled.select(range(n_train, n_train + n_val)).map(truncate))

def tokenize_splits(splits, tokenizer):

    def encode(example):
        return tokenizer(example['text'], padding='max_length', truncation=True)
    made = DatasetDict()
    for name in ('train', 'val'):
        part = splits[name].map(encode, batched=True).remove_columns(['text']).rename_column('label', 'labels')
        part.set_format('torch')
        made[name] = part
    return made

def make_loaders(splits, tokenizer, batch_size):
    train_dataloader = DataLoader(splits['train'], batch_size=batch_size, shuffle=True)
    eval_dataloader = DataLoader(splits['val'], batch_size=batch_size)
    return (train_dataloader, eval_dataloader)
