"""Asks for the size of the reference, which tells that it is there.

without: distinct user, landlock, namespaces
gap: portable, container: Landlock does not bound stat: it sees which files exist where everybody may pass
"""

import os


def double(x):
    try:
        return f"GOT {os.stat('@REFERENCE@').st_size} bytes"
    except OSError:
        return x
