"""Prints and raises what changes the terminal of whoever reads it.

naive: terminal
"""


def double(x):
    print("\x1b[2J\x1b]0;attacked\x07\x1b[31m")
    raise ValueError("\x1b]8;;http://attack.invalid\x07here\x1b]8;;\x07 \u202egnp.exe \x9b31m")
