"""Says on every channel it holds what the grader's own processes say to one another.

control: none (a grader without channels has none to forge)
"""

import json
import os
import stat

WORDS = [
    {"layers": ["forged"]}, {"loading": True}, {"loaded": True}, {"asks": True},
    {"start": 0}, {"done": 0, "kind": "returned"}, {"done": 1, "kind": "returned"},
    {"function": "double", "case": 0, "kind": "returned"},
    {"function": "double", "case": 1, "kind": "returned"},
    {"ended": {"status": 0}}, {"ready": True}, {"end": True},
]


def double(x):
    for number in range(3, 256):
        try:
            if stat.S_ISSOCK(os.fstat(number).st_mode):
                for word in WORDS:
                    os.write(number, json.dumps(word).encode())
        except OSError:
            pass
    return x
