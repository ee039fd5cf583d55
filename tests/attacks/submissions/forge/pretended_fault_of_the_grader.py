"""Says that the grader itself has failed, which would cost it nothing.

control: none (a grader without channels has none to forge)
"""

import json
import os
import stat

for number in range(3, 256):
    try:
        if stat.S_ISSOCK(os.fstat(number).st_mode):
            for word in ({"fault": "it was the grader"}, {"kind": "broken"}, {"fault": "again"}):
                os.write(number, json.dumps(word).encode())
    except OSError:
        pass


def double(x):
    for number in range(3, 256):
        try:
            if stat.S_ISSOCK(os.fstat(number).st_mode):
                os.write(number, json.dumps({"fault": "it was the grader"}).encode())
        except OSError:
            pass
    os._exit(0)
