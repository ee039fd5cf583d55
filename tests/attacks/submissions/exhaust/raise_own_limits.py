"""Raises its own limits before it begins.

without: rlimits
"""

import resource


def double(x):
    for kind in (resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_FSIZE):
        soft, hard = resource.getrlimit(kind)
        if hard != resource.RLIM_INFINITY:
            resource.setrlimit(kind, (hard * 2, hard * 2))
    return "GOT limits"
