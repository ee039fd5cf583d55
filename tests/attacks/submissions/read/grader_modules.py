"""Imports the grader itself and looks for what it remembers of the reference.

without: distinct user, landlock, namespaces
"""

import glob


def double(x):
    import grader

    found = [grader.__file__]
    for name in glob.glob("@DATA@/**/*", recursive=True):
        try:
            found.append(open(name, "rb").read().decode("latin-1"))
        except OSError:
            pass
    return [text[:60000] for text in found if "SECRET-" in text]
