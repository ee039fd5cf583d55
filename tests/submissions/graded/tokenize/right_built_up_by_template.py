import numpy as np
import torch

# One function builds on the other, the other way round than usual.

def tokens(tok, sentence, **kw):
    return list(tok.tokenize(sentence, add_special_tokens=False, **kw))

def token_ids(tok, sentence):
    ids = np.asarray(tok(sentence, return_tensors="np")["input_ids"]).ravel()
    return list(map(int, ids))

def tokens_with_special(tok, sentence):
    return tok.tokenize(sentence, add_special_tokens=True)

def to_tensors(tok, sentence):
    batch = dict(tok(sentence))
    batch.pop("token_type_ids", None)
    for key in batch:
        batch[key] = torch.LongTensor(batch[key])[None, :]
    return batch

decode = lambda tok, ids: tok.decode(
    token_ids=ids, skip_special_tokens=True, clean_up_tokenization_spaces=False
)
