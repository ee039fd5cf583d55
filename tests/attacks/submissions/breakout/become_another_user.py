"""Becomes the user of another slot, whose student's files are then its own.

without: distinct user, namespaces
control: root
"""

import os


def double(x):
    os.setresuid(60999, 60999, 60999)
    return f"GOT {os.getuid()}"
