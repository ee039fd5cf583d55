"""Loads batches with workers that stay and read ahead, and collates by hand."""

import torch
from torch.utils.data import DataLoader


def collate(rows):
    return torch.nn.utils.rnn.pad_sequence([torch.tensor(row) for row in rows], batch_first=True)


def program():
    rows = [list(range(1 + n % 5)) for n in range(12)]
    loader = DataLoader(
        rows,
        batch_size=4,
        num_workers=2,
        persistent_workers=True,
        prefetch_factor=3,
        collate_fn=collate,
    )
    return [batch for _ in range(2) for batch in loader]
