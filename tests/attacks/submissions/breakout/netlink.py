"""Asks the kernel about the machine's network through netlink.

without: namespaces, seccomp, landlock
told: to open a network connection
"""

import socket


def double(x):
    with socket.socket(16, socket.SOCK_RAW, 0) as link:
        link.bind((0, 0))
        return "GOT netlink"
