"""Writes and reads JSON, CSV, gzip, zip, tar and SQLite."""

import csv
import gzip
import json
import pathlib
import sqlite3
import tarfile
import zipfile


def program():
    here = pathlib.Path()
    (here / "a.json").write_text(json.dumps({"loss": [0.5, 0.25]}))
    with open("a.csv", "w", newline="") as file:
        csv.writer(file).writerows([["step", "loss"], [1, 0.5]])
    with gzip.open("a.gz", "wt") as file:
        file.write("packed")
    with zipfile.ZipFile("a.zip", "w") as archive:
        archive.write("a.json")
    with tarfile.open("a.tar.gz", "w:gz") as archive:
        archive.add("a.csv")
    with sqlite3.connect("a.db") as base:
        base.execute("create table t (x)")
        base.executemany("insert into t values (?)", [(1,), (2,)])
        rows = base.execute("select sum(x) from t").fetchone()
    with zipfile.ZipFile("a.zip") as archive, tarfile.open("a.tar.gz") as tar:
        names = archive.namelist() + tar.getnames()
    return [json.loads((here / "a.json").read_text()), gzip.open("a.gz", "rt").read(), names, rows]
