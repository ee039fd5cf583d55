"""Raises, prints and names things in markup that a browser would run.

naive: page
"""


def double(x):
    print("<script>alert(7431)</script>")
    raise ValueError("</pre><script>alert(7431)</script><img src=x onerror=alert(7431)>")
