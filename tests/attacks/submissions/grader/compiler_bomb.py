"""A file of one line that takes the compiler gigabytes.

control: none (a bound, not a hole)
limits: memory=1024M
told: Your file
source: "x = (1 << 10 ** 10) + " * 200 + "1"
"""
