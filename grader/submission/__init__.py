"""Turning what a student handed in into a ``Submission``.

In: the path of a file, a folder, an archive, or of a class's folder. Out: Python text with a map
back to file and line, or cell and line. No student code is run here, and none is parsed in this
process: notebooks and archives are taken apart by a process with neither rights nor secrets.
"""

from grader.submission.classes import collect_class, count_class, is_class
from grader.submission.collect import collect
from grader.submission.reader import Reader, ReaderError, ReadingLimits

__all__ = [
    "Reader",
    "ReaderError",
    "ReadingLimits",
    "collect",
    "collect_class",
    "count_class",
    "is_class",
]
