"""Loads the course's reviews, shuffles, maps and batches them."""

from datasets import load_dataset


def program():
    rows = load_dataset("stanfordnlp/imdb", split="train").shuffle(seed=3).select(range(6))
    rows = rows.map(lambda row: {"words": len(row["text"].split())})
    rows = rows.filter(lambda row: row["words"] > 0)
    return [rows["words"], rows["label"], rows.column_names]
