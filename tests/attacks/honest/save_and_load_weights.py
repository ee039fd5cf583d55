"""Saves weights with `torch.save` and loads them again."""

import torch


def program():
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.GELU(), torch.nn.Linear(4, 2))
    torch.save(model.state_dict(), "weights.pt")
    torch.save({"epoch": 2, "state": model.state_dict()}, "checkpoint.pt")
    again = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.GELU(), torch.nn.Linear(4, 2))
    again.load_state_dict(torch.load("weights.pt"))
    kept = torch.load("checkpoint.pt", weights_only=True)
    return [again(torch.ones(1, 3)).detach(), kept["epoch"], kept["state"]["0.bias"]]
