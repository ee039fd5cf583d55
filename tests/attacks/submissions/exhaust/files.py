"""Makes more files than a file system can name.

limits: files=300
without: namespaces
control: a plain fork
told: wrote more than
"""

import os


def double(x):
    for number in range(2000):
        os.mkdir(f"attack-{number}")
    import time

    time.sleep(0.3)
    return "GOT 2000 folders"
