"""Forks by hand and waits."""

import os


def program():
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.write(writing, b"from the child")
        os._exit(3)
    os.close(writing)
    said = os.read(reading, 100).decode()
    os.close(reading)
    return [said, os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])]
