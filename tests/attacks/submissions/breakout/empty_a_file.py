"""Makes a file empty without opening it.

without: landlock, namespaces
told: The sandbox shows a submission
"""

import os


def double(x):
    os.truncate("@OPEN@/target", 0)
    return x
