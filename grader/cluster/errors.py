"""What goes wrong with a cluster as a whole. In: a sentence with what to do. Out: an exception."""

from __future__ import annotations

from grader.sandbox import NoRunnerError


class ClusterError(NoRunnerError):
    """The cluster cannot be used, or not any more."""
