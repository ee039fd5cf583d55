"""Reads the disk itself, past all files.

without: distinct user, landlock, namespaces
control: if the machine lets root
"""

import glob


def double(x):
    disks = glob.glob("/dev/[vs]d?") + glob.glob("/dev/nvme?n1") + glob.glob("/dev/xvd?")
    with open(disks[0], "rb", 0) as disk:
        return f"GOT {len(disk.read(512))} bytes"
