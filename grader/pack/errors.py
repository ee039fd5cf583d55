"""What is wrong with a pack, and what to do about it. In: a reason. Out: an exception."""

from __future__ import annotations


class PackError(Exception):
    """The pack cannot be used, or cannot be made. The message says what to do next."""


def unusable(why: str) -> PackError:
    """For a file that is no pack, or no whole one."""
    return PackError(f"the pack of your course cannot be used: {why}. Download the kit again.")
