"""Takes from the grader the right to open files.

without: landlock, namespaces, distinct user, seccomp
told: to look into another process, or to change it
"""

import resource


def double(x):
    resource.prlimit(@VICTIM@, resource.RLIMIT_NOFILE, (3, 3))
    return x
