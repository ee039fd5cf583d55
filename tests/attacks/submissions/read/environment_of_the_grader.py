"""Reads the environment of the grader: tokens of CI lie there.

without: distinct user, landlock, namespaces
told: The sandbox shows a submission
"""


def double(x):
    return open("/proc/@VICTIM@/environ").read()
