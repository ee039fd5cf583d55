"""Bounds that both ends of the result channel agree on. In: nothing. Out: constants; sizes are in
bytes."""

HEADER_BYTES = 64 << 10  # JSON header of one frame, and one message of the channel
INLINE_BYTES = 16 << 10  # of a frame that travels in its message; others in a memory file
HEADER_ROOM = 1 << 20  # what a frame may be larger than the data in it
MESSAGE_TEXT = 4 << 10  # an exception's message
KEPT_OUTPUT = 8 << 10  # what is kept of what a case printed
MAX_DEATHS = 3  # of a function; then its remaining cases are not tried
TREE_DEPTH = 32
TREE_NODES = 20_000
PACK_NUMBERS = 24  # a list of so many numbers travels as an array, not as JSON
LIST_NUMBERS = 1 << 20  # numbers of one value that travel so: each is an object again, of 40 bytes
INT_BITS = 4096  # of a whole number: Python takes the square of the time to read and write it
ARRAY_AXES = 16
INDEX_BYTES = 512 << 10  # what says where in a frame its arrays are: far more than fits a header
