"""Sends a datagram.

without: namespaces, seccomp, landlock
told: to open a network connection
"""

import socket


def double(x):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.sendto(b"the hidden inputs", ("127.0.0.1", @UDP@))
    return x
