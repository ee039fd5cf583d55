import torch

# вызов модели двумя способами и среднее по настоящим токенам

def call_with_batch(model, batch):
    return model(**batch).last_hidden_state.data

def call_with_arguments(model, batch):
    return model(batch['input_ids'], attention_mask=batch['attention_mask']).last_hidden_state.data

def mean_pool(embeddings, attention_mask):
    # обнуляем паддинг прямо на месте
    embeddings[attention_mask == 0] = 0
    s = embeddings.sum(dim=1)
    n = attention_mask.sum(dim=1, keepdim=True)
    n = torch.max(n, torch.tensor(1))
    s /= n
    return s
