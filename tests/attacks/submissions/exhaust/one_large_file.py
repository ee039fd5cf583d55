"""Makes one file larger than the disk.

without: rlimits, namespaces
control: a plain fork
told: wrote more than
"""


def double(x):
    with open("attack-large", "wb") as file:
        file.truncate(1 << 40)
    return "GOT a terabyte"
