"""A file that no parser gets through: brackets nested a hundred thousand deep.

control: none (a bound, not a hole)
told: could not be loaded
source: "(" * 100_000
"""
