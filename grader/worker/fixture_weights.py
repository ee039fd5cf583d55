"""Random weights that are the same on every machine.

In: a model class and configuration, or a model, and a seed. Out: the model, without a draw from
torch's own generator: what a fixture costs must not show in what the student's code draws next.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np
import torch
from transformers.initialization import no_init_weights

# Tells weights apart from the other fixtures that are made from the same small seeds.
_STREAM = 1


def blank(cls: Any, config: Any, dtype: torch.dtype = torch.float32) -> Any:
    """A model whose parameters hold whatever the memory held: ``fill`` has to follow.

    Half the time of making a tiny model is its initialisation, which would be overwritten.
    """
    before = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    try:
        with no_init_weights():
            made = cls(config)
    finally:
        torch.set_default_dtype(before)
    made.tie_weights()  # skipped along with the initialisation
    return made


def fill(model: Any, seed: int, only: Collection[str] | None = None) -> None:
    """Sets every parameter (or those named): matrices from a normal distribution with the
    configuration's ``initializer_range``, biases to 0, normalisation weights to 1.

    numpy's generator draws in double precision, so the values do not depend on the processor's
    vector width as torch's do.
    """
    rng = np.random.default_rng([seed, _STREAM])
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if only is not None and name not in only:
                continue
            if parameter.ndim < 2:
                parameter.fill_(1.0 if name.endswith("weight") else 0.0)
                continue
            drawn = rng.standard_normal(tuple(parameter.shape)) * model.config.initializer_range
            parameter.copy_(torch.from_numpy(drawn))
