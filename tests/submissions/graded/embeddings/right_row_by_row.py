import torch


def call_with_batch(model, batch):
    with torch.no_grad():
        rows = []
        for i in range(len(batch["input_ids"])):
            one = {key: batch[key][i : i + 1] for key in batch.keys()}
            rows.append(model(**one).last_hidden_state)
        return torch.cat(rows, dim=0)


def call_with_arguments(model, batch):
    with torch.no_grad():
        rows = [
            model(ids[None], attention_mask=mask[None]).last_hidden_state[0]
            for ids, mask in zip(batch["input_ids"], batch["attention_mask"])
        ]
        return torch.stack(rows)


def mean_pool(embeddings, attention_mask):
    counts = attention_mask.sum(dim=1)
    counts[counts == 0] = 1
    summed = (embeddings.transpose(1, 2) @ attention_mask.to(embeddings.dtype).unsqueeze(2)).squeeze(2)
    return summed / counts.unsqueeze(1)
