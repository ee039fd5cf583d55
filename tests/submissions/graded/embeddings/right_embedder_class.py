import torch


class Embedder:
    def __init__(self, model):
        self.model = model

    @torch.no_grad()
    def __call__(self, *args, **kwargs):
        return self.model(*args, **kwargs).last_hidden_state.clone()


class MeanPooling(torch.nn.Module):
    def forward(self, embeddings, mask):
        mask = mask.unsqueeze(-1).expand(embeddings.size()).float()
        summed = torch.sum(embeddings * mask, 1)
        counts = torch.clamp(mask.sum(1), min=1e-9)
        return summed / counts


def call_with_batch(model, batch):
    return Embedder(model)(**batch)


def call_with_arguments(model, batch):
    return Embedder(model)(batch["input_ids"], attention_mask=batch["attention_mask"])


def mean_pool(embeddings, attention_mask):
    return MeanPooling()(embeddings, attention_mask)
