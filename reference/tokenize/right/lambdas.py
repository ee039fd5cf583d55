"""One line each, as expressions."""

import torch

tokens = lambda tok, s: tok.convert_ids_to_tokens(tok.encode(s, add_special_tokens=False))  # noqa: E731
token_ids = lambda tok, s: list(tok(s).input_ids)  # noqa: E731
tokens_with_special = lambda tok, s: tuple(tok.tokenize(s, add_special_tokens=True))  # noqa: E731
to_tensors = lambda tok, s: {  # noqa: E731
    key: torch.tensor(value)[None] for key, value in tok(s).items()
}
decode = lambda tok, ids: tok.decode(  # noqa: E731
    list(ids), skip_special_tokens=True, clean_up_tokenization_spaces=True
)
