"""With the `tokenizers` object underneath, and what else transformers has for mappings."""

import numpy as np
import torch
from transformers import BatchEncoding


def tokens(tokenizer, text):
    return tokenizer.backend_tokenizer.encode(text, add_special_tokens=False).tokens


def token_ids(tokenizer, text):
    return tokenizer.backend_tokenizer.encode(text).ids


def tokens_with_special(tokenizer, text):
    return [tokenizer.backend_tokenizer.id_to_token(i) for i in token_ids(tokenizer, text)]


def to_tensors(tokenizer, text):
    encoding = tokenizer.backend_tokenizer.encode(text)
    ids = torch.as_tensor(np.array([encoding.ids], dtype=np.int64))
    mask = torch.as_tensor(np.array([encoding.attention_mask], dtype=np.int64))
    return BatchEncoding({"input_ids": ids, "attention_mask": mask})


def decode(tokenizer, ids):
    if isinstance(ids, torch.Tensor):
        ids = ids.tolist()
    return tokenizer.backend_tokenizer.decode(ids, skip_special_tokens=True)
