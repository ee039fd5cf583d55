"""Reads the environment and the command line of every process there is.

without: distinct user, landlock, namespaces
"""

import os


def double(x):
    found = []
    for name in os.listdir("/proc"):
        for file in ("environ", "cmdline"):
            try:
                found.append(open(f"/proc/{name}/{file}", errors="replace").read(4000))
            except OSError:
                pass
    return [text for text in found if "SECRET" in text]
