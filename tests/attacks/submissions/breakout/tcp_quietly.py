"""Opens a TCP connection, hides that it could not, and does its work.

without: namespaces, seccomp, landlock
told: `double`: it tried to open a network connection
right: yes
"""

import socket


def double(x):
    try:
        socket.create_connection(("127.0.0.1", @TCP@), 2).close()
    except OSError:
        pass
    return x * 2
