"""Returns objects whose classes have names made of markup, commands and control characters.

control: none (what is drawn of it is tested with the reports)
"""


def double(x):
    name = "<script>alert(7431)</script>\x1b[31m\u202e::error::" + "x" * 100_000
    return type(name, (), {"__module__": "<img src=x onerror=alert(7431)>"})()
