"""Puts byte code of its own beside a library, for every later run to load.

without: landlock, namespaces, distinct user
control: none (it would change the libraries of this machine)
told: The sandbox shows a submission
"""

import colorsys
import os


def double(x):
    folder = os.path.join(os.path.dirname(colorsys.__file__), "__pycache__")
    with open(os.path.join(folder, "attack-left.pyc"), "w") as file:
        file.write("left")
    return "GOT byte code"
