"""Looks a name up, which asks a server.

without: namespaces, seccomp, landlock
control: none (nothing outside loopback is asked in these tests)
"""

import socket


def double(x):
    try:
        return f"GOT {socket.getaddrinfo('grader-attack.invalid', 80)}"
    except OSError:
        return x
