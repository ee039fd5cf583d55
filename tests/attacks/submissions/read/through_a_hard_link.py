"""Links the reference's file into its own folder.

without: distinct user, landlock, namespaces
"""

import os


def double(x):
    os.link("@REFERENCE@", "@OPEN@/attack-left")
    return open("@OPEN@/attack-left").read()
