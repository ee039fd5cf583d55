"""In numpy, made into tensors when it is done; a class of exception of its own."""

from collections import UserDict

import numpy as np
import torch


class UnknownSideError(ValueError):
    """A side that is neither right nor left."""


def pad_texts(tokenizer, texts):
    padded = tokenizer(texts, padding="longest", return_tensors="np", return_attention_mask=True)
    return {name: torch.from_numpy(np.asarray(padded[name], dtype=np.int64)) for name in padded}


def pad_ids(sequences, pad_id, side="right"):
    if side not in {"left", "right"}:
        raise UnknownSideError(side)
    shape = len(sequences), max([len(sequence) for sequence in sequences])
    ids = np.ones(shape, dtype=np.int64) * pad_id
    mask = np.zeros(shape, dtype=np.int64)
    for i, sequence in enumerate(sequences):
        for j, token in enumerate(sequence):
            column = j if side == "right" else shape[1] - len(sequence) + j
            ids[i, column], mask[i, column] = token, 1
    return UserDict(input_ids=torch.from_numpy(ids), attention_mask=torch.from_numpy(mask))


def lengths(batch):
    return torch.from_numpy(batch["attention_mask"].numpy().sum(axis=1))
