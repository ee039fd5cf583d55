"""Moves itself into another control group, out of its limits.

without: landlock, namespaces, distinct user
control: if the machine lets root
"""

import glob
import os


def double(x):
    for name in glob.glob("/sys/fs/cgroup/*/cgroup.procs") + ["/sys/fs/cgroup/cgroup.procs"]:
        try:
            with open(name, "w") as file:
                file.write(str(os.getpid()))
            return "GOT out of the group"
        except OSError:
            pass
    return x
