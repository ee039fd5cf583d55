"""Opens a TCP connection of the newer kind.

without: namespaces, seccomp, landlock
told: to open a network connection
"""

import socket


def double(x):
    with socket.socket(socket.AF_INET6) as client:
        client.settimeout(2)
        client.connect(("::1", @TCP6@))
        return client.recv(100).decode()
