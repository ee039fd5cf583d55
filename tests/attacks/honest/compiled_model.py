"""Compiles a model, which runs as written where there is no compiler."""

import torch


def program():
    torch.manual_seed(0)
    model = torch.compile(torch.nn.Linear(3, 2))
    return model(torch.ones(1, 3)).detach()
