"""Writes a file where everybody may write.

without: landlock, namespaces
told: The sandbox shows a submission
"""


def double(x):
    with open("@OPEN@/attack-left", "w") as file:
        file.write("left")
    return x
