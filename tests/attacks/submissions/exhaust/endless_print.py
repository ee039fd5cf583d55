"""Prints for ever.

limits: wall=3
control: a plain fork
told: It printed more than
"""


def double(x):
    while True:
        print("x" * 65536)
