"""The authoring API, and the loader that makes an ``Assignment`` of the reference folder.

In: ``reference/<topic>/``. Out: a frozen ``Assignment``, or ``SpecError`` with file and line.
"""

from grader.spec.errors import SpecError, UnknownTopicError
from grader.spec.load import derived_seed, load_assignment, load_topic, new_seed, topic_names
from grader.spec.tolerances import FILE, Measure, dump_measures, measures

__all__ = [
    "FILE",
    "Measure",
    "SpecError",
    "UnknownTopicError",
    "derived_seed",
    "dump_measures",
    "load_assignment",
    "load_topic",
    "measures",
    "new_seed",
    "topic_names",
]
