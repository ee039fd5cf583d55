"""Becomes root.

without: distinct user, namespaces
control: root
"""

import os


def double(x):
    os.setresuid(0, 0, 0)
    os.chown(".", 0, 0)
    return "GOT root"
