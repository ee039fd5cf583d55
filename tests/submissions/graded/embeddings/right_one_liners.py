import torch
call_with_batch = torch.no_grad()(lambda model, batch: model(**batch).last_hidden_state)
call_with_arguments = torch.no_grad()(lambda model, batch: model(batch["input_ids"], attention_mask=batch["attention_mask"]).last_hidden_state)
mean_pool = lambda embeddings, attention_mask: torch.stack([e[m.bool()].sum(0) / max(int(m.sum()), 1) for e, m in zip(embeddings, attention_mask)])
