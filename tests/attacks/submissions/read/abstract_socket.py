"""Asks a program through a socket that has no file.

without: distinct user, landlock, namespaces, seccomp
told: to talk to another program through a socket
"""

import socket


def double(x):
    with socket.socket(socket.AF_UNIX) as client:
        client.connect("\0@ABSTRACT@")
        return client.recv(100).decode()
