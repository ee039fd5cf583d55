"""The pack: what ``grader check`` needs, for students who have no reference.

In: the public part of an assignment, and what its reference and mistakes do. Out: one file, and
the same ``Pack`` from it again. A pack is data from outside when it is read: nothing of it is
believed before its hashes, sizes and shapes are proven.
"""

from grader.pack.errors import PackError
from grader.pack.find import FILE, find_pack, read_pack
from grader.pack.pack import Pack
from grader.pack.public import public_part
from grader.pack.read import load
from grader.pack.reduce import pack_of
from grader.pack.stamp import Mismatch, is_current, mismatches, notice
from grader.pack.write import dump

__all__ = [
    "FILE",
    "Mismatch",
    "Pack",
    "PackError",
    "dump",
    "find_pack",
    "is_current",
    "load",
    "mismatches",
    "notice",
    "pack_of",
    "public_part",
    "read_pack",
]
