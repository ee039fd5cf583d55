"""Starts programs that run as root whoever starts them.

without: landlock, namespaces
"""

import subprocess


def double(x):
    done = subprocess.run(["/bin/su", "--version"], capture_output=True, text=True)
    return f"GOT {done.stdout}"
