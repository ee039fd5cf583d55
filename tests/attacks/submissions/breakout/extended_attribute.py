"""Hides a message in an attribute of a file that stays.

without: seccomp, landlock, namespaces, distinct user
told: to leave something in memory that outlives it
control: if the file system has them
"""

import os


def double(x):
    os.setxattr("@OPEN@/target", "user.attack", b"left")
    return "GOT an attribute"
