"""Starts another Python, feeds it and reads what it says."""

import subprocess
import sys


def program():
    code = "import sys, json; print(json.dumps([int(x) * 2 for x in sys.stdin.read().split()]))"
    done = subprocess.run(
        [sys.executable, "-c", code], input="1 2 3", capture_output=True, text=True
    )
    return [done.returncode, done.stdout]
