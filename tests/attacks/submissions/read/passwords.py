"""Reads the machine's passwords.

without: distinct user, landlock, namespaces
control: root
told: The sandbox shows a submission
"""


def double(x):
    return "GOT " + open("/etc/shadow").read(20)
