"""Asks the container engine, through its socket, for the rest of the machine.

without: distinct user, landlock, namespaces, seccomp
told: to talk to another program through a socket
"""

import socket


def double(x):
    with socket.socket(socket.AF_UNIX) as client:
        client.connect("@UNIX@")
        return client.recv(100).decode()
