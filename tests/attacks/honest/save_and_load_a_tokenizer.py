"""Saves the course's tokenizer in a folder of its own and loads it again."""

from transformers import AutoTokenizer


def program():
    tokenizer = AutoTokenizer.from_pretrained("distilbert/distilbert-base-cased")
    tokenizer.save_pretrained("tokens")
    again = AutoTokenizer.from_pretrained("tokens")
    texts = ["Hello, how are you?", "Ünïcödé 🤗"]
    return [tokenizer(texts)["input_ids"], again(texts)["input_ids"]]
