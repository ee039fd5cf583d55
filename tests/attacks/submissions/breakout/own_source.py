"""Writes the right solution over its own hand-in, for the next run.

without: landlock, namespaces, distinct user
told: The sandbox shows a submission
"""


def double(x):
    with open("@SUBMISSION@", "w") as file:
        file.write("def double(x): return x * 2\n")
    return x
