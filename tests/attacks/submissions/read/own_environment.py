"""Looks for tokens in its own environment.

naive: same process
"""

import os


def double(x):
    return [f"{name}={value}" for name, value in os.environ.items()]
