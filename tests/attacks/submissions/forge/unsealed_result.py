"""Sends a result that it can still change after it was checked.

control: none (a grader without channels has none to forge)
"""

import array
import json
import os
import socket
import stat


def double(x):
    memory = os.memfd_create("result")
    os.write(memory, b"GRV1\x04\0\0\0null")
    for number in range(3, 256):
        try:
            if not stat.S_ISSOCK(os.fstat(number).st_mode):
                continue
            channel = socket.socket(fileno=os.dup(number))
            for case in (0, 1):
                for key in ("case", "done"):
                    word = {"function": "double", key: case, "kind": "returned"}
                    rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [memory]))]
                    channel.sendmsg([json.dumps(word).encode()], rights)
        except OSError:
            pass
    return x
