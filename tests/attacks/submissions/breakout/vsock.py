"""Talks to the host of the virtual machine.

without: namespaces, seccomp, landlock
told: to open a network connection
control: if the kernel has it
"""

import socket


def double(x):
    socket.socket(40, socket.SOCK_STREAM).close()
    return "GOT vsock"
