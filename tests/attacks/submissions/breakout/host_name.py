"""Changes the machine's name.

without: seccomp, distinct user
control: none (it would change this machine's name)
told: to change the settings of the machine
"""

import socket


def double(x):
    socket.sethostname("attacked")
    return "GOT the name"
