"""What Linux, macOS and Windows do differently, in one place. Imports nothing of the grader.

``pipes`` talks to a process without sockets, ``processes`` ends one with all that it started,
``variables`` are what the platform's own programs need.
"""
