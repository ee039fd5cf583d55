"""Leaves a file in /dev/shm for the next student.

without: landlock, namespaces
told: The sandbox shows a submission
"""


def double(x):
    with open("/dev/shm/attack-left-@MARK@", "w") as file:
        file.write("left")
    return x
