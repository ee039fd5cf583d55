"""Fills the disk.

limits: scratch=64M
without: namespaces
control: a plain fork
told: wrote more than
gap: portable, container: the scratch folder is looked at ten times a second, and what is written faster is seen too late
untold: portable, container
"""


def double(x):
    for number in range(8):
        with open(f"attack-{number}", "wb") as file:
            for _ in range(32):
                file.write(b"x" * (1 << 20))
    return "GOT 256 MB"
