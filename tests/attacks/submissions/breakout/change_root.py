"""Changes its root, and climbs out of it.

without: seccomp, landlock, distinct user, namespaces
control: root
told: to change what it sees of the machine
untold: container
"""

import os


def double(x):
    os.mkdir("jail")
    os.chroot("jail")
    return "GOT out"
