"""Looks for private keys in the home of whoever runs the grader.

without: distinct user, landlock, namespaces
"""

import glob


def double(x):
    return [open(name).read() for name in glob.glob("@WORLD@/home/.ssh/*")]
