"""Maps a data set in two processes, and saves and loads it."""

from datasets import Dataset, load_from_disk


def program():
    rows = Dataset.from_dict({"x": list(range(12))})
    mapped = rows.map(lambda row: {"y": row["x"] ** 2}, num_proc=2)
    mapped.save_to_disk("rows")
    return [mapped["y"][:], load_from_disk("rows")["y"][:]]
