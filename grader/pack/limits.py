"""Bounds on what a pack may hold, far above what courses need. In: nothing. Out: constants."""

PACK_BYTES = 64 << 20  # the file
MEMBER_BYTES = 64 << 20  # one member, unpacked
JSON_BYTES = 16 << 20  # a member that is JSON: what is parsed may take 25 times as much memory
INDEX_BYTES = 4 << 20  # what says where in a topic's arrays each of them is: the same holds for it
TOTAL_BYTES = 256 << 20  # all members, unpacked
TOPICS = 256
PARTS = 4096  # functions of a topic, cases and checks of a function, and so on
NAME = 500  # characters
TEXT = 1 << 20
WALL = 3600.0  # seconds that a case may ask for
