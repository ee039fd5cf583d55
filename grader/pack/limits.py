"""Bounds on what a pack may hold, far above what courses need. In: nothing. Out: constants."""

PACK_BYTES = 64 << 20  # the file
MEMBER_BYTES = 64 << 20  # one member, unpacked
TOTAL_BYTES = 256 << 20  # all members, unpacked
TOPICS = 256
PARTS = 4096  # functions of a topic, cases and checks of a function, and so on
NAME = 500  # characters
TEXT = 1 << 20
WALL = 3600.0  # seconds that a case may ask for
