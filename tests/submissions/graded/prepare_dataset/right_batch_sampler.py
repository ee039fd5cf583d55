import numpy as np
import torch
from datasets import DatasetDict
from torch.utils.data import BatchSampler, DataLoader, SequentialSampler, SubsetRandomSampler

def truncate(example, max_words=50):
    words = np.array(example['text'].split(), dtype=object)[:max_words]
    return {k: (' '.join(words) if k == 'text' else v) for k, v in example.items()}

def small_splits(dataset, seed, n_train, n_val):
    s = dataset.shuffle(seed=seed)
    idx = np.arange(n_train + n_val)
    tr, va = np.split(idx, [n_train])
    return DatasetDict({'train': s.select(tr), 'val': s.select(va)}).map(truncate)

def tokenize_splits(splits, tokenizer):
    def f(e):
        t = tokenizer(e['text'], truncation='longest_first', max_length=tokenizer.model_max_length)
        e['input_ids'], e['attention_mask'], e['labels'] = t['input_ids'], t['attention_mask'], e['label']
        return e
    out = splits.map(f, batched=True, batch_size=10)
    extra = [c for c in out['train'].column_names if c not in ('input_ids', 'attention_mask', 'labels')]
    out = out.remove_columns(extra)
    out.set_format(type='torch')
    return out

def make_loaders(splits, tokenizer, batch_size):
    def collate(rows):
        n = max(len(r['input_ids']) for r in rows)
        ids = np.full((len(rows), n), tokenizer.pad_token_id, dtype=np.int64)
        mask = np.zeros((len(rows), n), dtype=np.int64)
        for k, r in enumerate(rows):
            ids[k, :len(r['input_ids'])] = np.asarray(r['input_ids'])
            mask[k, :len(r['attention_mask'])] = np.asarray(r['attention_mask'])
        y = torch.tensor([int(r['labels']) for r in rows])
        return {'input_ids': torch.from_numpy(ids), 'attention_mask': torch.from_numpy(mask), 'labels': y}
    tr = BatchSampler(SubsetRandomSampler(range(len(splits['train']))), batch_size, drop_last=False)
    va = BatchSampler(SequentialSampler(splits['val']), batch_size, drop_last=False)
    return DataLoader(splits['train'], batch_sampler=tr, collate_fn=collate), DataLoader(splits['val'], batch_sampler=va, collate_fn=collate)
