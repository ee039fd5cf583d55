"""The value that a pack file holds. In: nothing. Out: a frozen value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from grader.model import Assignment, Baseline

Versions = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Pack:
    """The public tasks of some topics, without any source of staff's, and what is right for them.

    ``versions`` say what the outcomes were made with; ``origins`` hold for each topic a digest of
    all that staff wrote for its public cases, which tells whether the pack is stale. ``digest`` is
    the name by content of the file that it was read from; empty when it was not.
    """

    assignment: Assignment
    baselines: Mapping[str, Baseline]
    versions: Versions
    origins: Mapping[str, str]
    digest: str = ""
