"""Listens to all packets of the machine.

without: namespaces, seccomp, landlock, distinct user
control: if the machine lets root
told: to open a network connection
"""

import socket


def double(x):
    socket.socket(17, socket.SOCK_RAW, 0x0300).close()
    return "GOT raw packets"
