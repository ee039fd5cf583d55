"""Makes a link in its own folder that leads to the reference, and reads through it.

without: distinct user, landlock, namespaces
told: The sandbox shows a submission
"""

import os


def double(x):
    os.symlink("@REFERENCE@", "answers")
    with open(os.path.abspath("answers")) as file:
        return file.read()
