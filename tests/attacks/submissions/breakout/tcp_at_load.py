"""Opens a TCP connection when the file is loaded, and then does its work.

without: namespaces, seccomp, landlock
told: While your file was loaded: it tried to open a network connection
right: yes
"""

import socket

try:
    socket.create_connection(("127.0.0.1", @TCP@), 2).close()
except OSError:
    pass


def double(x):
    return x * 2
