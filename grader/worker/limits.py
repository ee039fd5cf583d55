"""Bounds that both ends of the result channel agree on. In: nothing. Out: constants, in bytes."""

HEADER_BYTES = 64 << 10  # JSON header of one frame, and one message of the channel
MESSAGE_TEXT = 4 << 10  # an exception's message
KEPT_OUTPUT = 8 << 10  # what is kept of what a case printed
TREE_DEPTH = 32
TREE_NODES = 20_000
PACK_NUMBERS = 24  # a list of so many numbers travels as an array, not as JSON
