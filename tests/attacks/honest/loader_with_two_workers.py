"""Loads batches with two workers, shuffled."""

import torch
from torch.utils.data import DataLoader, Dataset


class Squares(Dataset):
    def __len__(self):
        return 20

    def __getitem__(self, index):
        return {"x": torch.full((3,), float(index)), "y": torch.tensor(index**2)}


def program():
    generator = torch.Generator().manual_seed(1)
    loader = DataLoader(Squares(), batch_size=6, shuffle=True, num_workers=2, generator=generator)
    return [batch for _ in range(2) for batch in loader]
