"""What a case runs with."""

from __future__ import annotations

import random

import numpy as np
import pytest
import torch

from grader.worker.cases import seed_everything


@pytest.mark.parametrize("seed", [0, 7, 2**32 + 5, 2**63 - 1])
def test_seeding_does_what_the_libraries_own_functions_do(seed: int):
    torch.manual_seed(seed)
    np.random.seed(seed % 2**32)
    random.seed(seed)
    wanted = torch.get_rng_state(), np.random.random(5), random.random()
    torch.rand(3)
    seed_everything(seed)
    assert torch.equal(torch.get_rng_state(), wanted[0])
    assert (np.random.random(5) == wanted[1]).all()
    assert random.random() == wanted[2]
    assert torch.initial_seed() == seed
