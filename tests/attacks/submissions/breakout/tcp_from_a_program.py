"""Starts another Python that opens a TCP connection.

without: namespaces, seccomp, landlock
told: to open a network connection
"""

import subprocess
import sys


def double(x):
    code = "import socket; socket.create_connection(('127.0.0.1', @TCP@), 2).close()"
    subprocess.run([sys.executable, "-I", "-S", "-c", code], check=False, capture_output=True)
    return x
