"""Changes a file that everybody may write.

without: landlock, namespaces
told: The sandbox shows a submission
"""


def double(x):
    with open("@OPEN@/target", "a") as file:
        file.write("spoiled")
    return x
