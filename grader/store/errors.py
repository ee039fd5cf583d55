"""What a store raises. In: nothing. Out: exceptions whose messages say what to do."""

from __future__ import annotations


class StoreError(Exception):
    """The store cannot be opened, or cannot be relied on any more: another grader writes to it, a
    newer one has made it, its file is damaged, its server is gone. Never a student's fault."""
