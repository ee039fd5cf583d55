"""Makes the grader slow.

without: landlock, namespaces, distinct user, seccomp
told: to look into another process, or to change it
"""

import os


def double(x):
    os.setpriority(os.PRIO_PROCESS, @VICTIM@, 19)
    return x
