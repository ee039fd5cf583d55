"""Reads what another student has handed in.

without: distinct user, landlock, namespaces
told: The sandbox shows a submission
"""

import pathlib


def double(x):
    return pathlib.Path("@OTHER@").read_text()
