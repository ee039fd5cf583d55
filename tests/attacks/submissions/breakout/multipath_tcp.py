"""Opens a multipath TCP connection, which filters for TCP may not know.

without: namespaces, seccomp, landlock
told: to open a network connection
"""

import socket


def double(x):
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, 262) as client:
        client.settimeout(2)
        client.connect(("127.0.0.1", @TCP@))
        return client.recv(100).decode()
