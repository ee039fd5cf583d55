import numpy as np
import torch


def call_with_batch(model, batch):
    return model(**batch)[0].detach()


def call_with_arguments(model, batch):
    return model(batch["input_ids"], attention_mask=batch["attention_mask"])[0].detach()


def mean_pool(embeddings, attention_mask):
    x = embeddings.detach().cpu().numpy()
    m = attention_mask.cpu().numpy().astype(bool)
    hidden = x.shape[-1]
    weg = np.repeat(~m[:, :, None], hidden, axis=2)
    y = np.ma.masked_array(x, mask=weg).mean(axis=1)
    # ganz maskierte Zeilen werden Nullen
    return torch.from_numpy(np.asarray(y.filled(0)))
