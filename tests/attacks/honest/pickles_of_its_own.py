"""Pickles and copies its own objects."""

import copy
import pickle
from dataclasses import asdict, dataclass, field

import torch


@dataclass
class Step:
    number: int
    weights: torch.Tensor = field(default_factory=lambda: torch.zeros(2))


def program():
    step = Step(3, torch.tensor([1.0, 2.0]))
    again = pickle.loads(pickle.dumps(step))
    other = copy.deepcopy(step)
    other.weights += 1
    return [asdict(again), asdict(other), asdict(step)]
