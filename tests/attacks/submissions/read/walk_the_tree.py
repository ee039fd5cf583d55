"""Walks through everything below a folder of the grader's and reads all of it.

without: distinct user, landlock, namespaces
"""

import os


def double(x):
    found = []
    for folder, _, names in os.walk("@WORLD@"):
        for name in names:
            path = os.path.join(folder, name)
            if os.path.isfile(path):
                found.append(open(path, errors="replace").read(1000))
    return found
