"""Uses pandas and parquet files."""

import pandas as pd


def program():
    frame = pd.DataFrame({"step": [1, 2, 3], "loss": [0.5, 0.25, 0.125], "split": ["a", "b", "a"]})
    frame.to_csv("log.csv", index=False)
    frame.to_parquet("log.parquet")
    means = pd.read_parquet("log.parquet").groupby("split")["loss"].mean()
    return [pd.read_csv("log.csv")["loss"].tolist(), means.to_dict()]
