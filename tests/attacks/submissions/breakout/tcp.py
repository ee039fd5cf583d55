"""Opens a TCP connection.

without: namespaces, seccomp, landlock
told: to open a network connection
"""

import socket


def double(x):
    with socket.create_connection(("127.0.0.1", @TCP@), 2) as client:
        return client.recv(100).decode()
