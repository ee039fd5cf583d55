"""Makes a device file of the disk.

without: seccomp, landlock, distinct user, namespaces
control: root
told: to change the settings of the machine
"""

import os
import stat


def double(x):
    os.mknod("attack-disk", 0o600 | stat.S_IFCHR, os.makedev(1, 1))
    os.remove("attack-disk")
    return "GOT a device"
