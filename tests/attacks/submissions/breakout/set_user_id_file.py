"""Makes a program that whoever starts it runs as this user.

without: seccomp
told: to make a program that runs as another user
untold: portable
"""

import os


def double(x):
    open("program", "w").close()
    os.chmod("program", 0o4755)
    mode = os.stat("program").st_mode
    return "GOT a set-user-ID file" if mode & 0o4000 else x
