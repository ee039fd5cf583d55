"""Removes a file of a folder that everybody may write.

without: landlock, namespaces
told: The sandbox shows a submission
"""

import os


def double(x):
    os.remove("@OPEN@/target")
    return x
