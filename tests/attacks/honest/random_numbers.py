"""Draws from all generators from a seed."""

import random

import numpy as np
import torch


def program():
    random.seed(1)
    np.random.seed(1)
    torch.manual_seed(1)
    generator = np.random.default_rng(1)
    return [
        random.random(),
        np.random.rand(2),
        torch.randn(3),
        generator.normal(size=2),
        torch.randperm(5),
    ]
