# %% [markdown]
# ## Padding

# %%
import itertools
import torch
from transformers import AutoTokenizer
tokenizer = AutoTokenizer.from_pretrained("distilbert/distilbert-base-cased")
print(tokenizer.pad_token, tokenizer.pad_token_id)

# %%
class Batch(dict):
    def __getattr__(self, name):
        return self[name]

# %%
def pad_texts(tokenizer, texts):
    model_inputs = tokenizer(texts, return_tensors="pt", padding=True, truncation=True)
    return model_inputs

two = pad_texts(tokenizer, ["Hello, how are you?", "Fine. And you, my old friend, are you well?"])
print(f"Pad token: {tokenizer.pad_token} | Pad token id: {tokenizer.pad_token_id}")
print(two)

# %%
def pad_ids(sequences, pad_id, side="right"):
    if side == "left":
        mirrored = pad_ids([list(reversed(s)) for s in sequences], pad_id, "right")
        return Batch({k: v.flip(dims=[1]) for k, v in mirrored.items()})
    if side != "right":
        raise ValueError(side)
    marked = [[(i, 1) for i in s] for s in sequences]
    columns = itertools.zip_longest(*marked, fillvalue=(pad_id, 0))
    both = torch.tensor(list(columns)).long()          # (sequence, batch, 2)
    ids, mask = both.permute(2, 1, 0)
    return Batch(input_ids=ids.contiguous(), attention_mask=mask.contiguous())

# %%
def lengths(batch):
    mask = batch["attention_mask"]
    return torch.einsum("bs->b", mask)

# %%
test = pad_ids([[5, 6, 7], [8]], 0, "left")
print(test.input_ids)
print(lengths(test))
