"""Properties of the result channel: what is encoded comes back, any other bytes are refused or are
a plain value, and neither takes more memory than its bytes allow."""

from __future__ import annotations

import math
import random
from typing import Any

import numpy as np
import pytest
import safetensors
import torch
from fuzzing import blindly, peak_of, tried
from hypothesis import given
from hypothesis import strategies as st

from fuzz.frames import NUMBERS, array, entry, frame, frames, listed, payload
from fuzz.mutate import POOL, changed_frame
from fuzz.oracles import check_frame, check_value, described
from grader.archive import dump_observation, load_observation
from grader.model import ArrayValue, DictValue, ListValue, Observation, Returned
from grader.worker.decode import FrameError, decode
from grader.worker.encode import ValueTooLargeError, encode
from grader.worker.limits import (
    HEADER_BYTES,
    INDEX_BYTES,
    INT_BITS,
    LIST_NUMBERS,
    PACK_NUMBERS,
    TREE_DEPTH,
    TREE_NODES,
)

LIMIT = 1 << 20
ROOM = 1 << 20  # what ``read_sealed`` allows a frame beyond the limit
SEEDS = list(frames())


def memory_allowed(data: bytes) -> int:
    """Bytes that decoding may take at a time: a number of a list is an object, of 40 bytes where
    8 came; and JSON becomes objects of 25 times its length."""
    return 8 * len(data) + 40 * min(len(data), HEADER_BYTES + INDEX_BYTES) + (64 << 10)


# ---------------------------------------------------------------- what students return

_SMALL = (torch.float16, torch.bfloat16, torch.float8_e4m3fn, torch.float8_e5m2)
_DTYPES = (
    *(torch.bool, torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64),
    *(torch.uint16, torch.uint32, torch.uint64, torch.float32, torch.float64, *_SMALL),
)
_KINDS = ("?", "u1", "i1", "u2", "i4", ">i4", "i8", "u8", "f2", "f4", ">f4", "f8", ">f8")
_SHAPES = st.lists(st.integers(0, 4), max_size=4) | st.lists(st.just(1), min_size=5, max_size=16)


def _bytes(count: int, seed: int) -> bytes:
    return random.Random(seed).randbytes(count)


@st.composite
def arrays(draw: st.DrawFn) -> Any:
    """An array of any bits, in any order and any layout."""
    kind, shape = np.dtype(draw(st.sampled_from(_KINDS))), draw(_SHAPES)
    data = _bytes(math.prod(shape) * kind.itemsize, draw(st.integers(0, 99)))
    made = np.frombuffer(data, "u1") % 2 == 1 if kind.kind == "b" else np.frombuffer(data, kind)
    made = made.reshape(shape)
    layout = draw(st.sampled_from(["C", "F", "reversed", "every other", "broadcast"]))
    if layout == "F":
        return np.asfortranarray(made)
    if layout == "broadcast":
        return np.broadcast_to(made, (2, *shape)) if len(shape) < 16 else made
    step = {"C": 1, "reversed": -1, "every other": 2}[layout]
    return made[(slice(None, None, step),) * len(shape)]


@st.composite
def tensors(draw: st.DrawFn) -> Any:
    """A tensor of any bits, in any layout, with or without a gradient."""
    dtype, shape = draw(st.sampled_from(_DTYPES)), draw(_SHAPES)
    data = bytearray(_bytes(math.prod(shape) * dtype.itemsize, draw(st.integers(0, 99))))
    if not data:
        made = torch.empty(shape, dtype=dtype)
    elif dtype is torch.bool:
        made = (torch.frombuffer(data, dtype=torch.uint8) % 2 == 1).reshape(shape)
    else:
        made = torch.frombuffer(data, dtype=dtype).reshape(shape)
    layout = draw(st.sampled_from(["plain", "transposed", "expanded", "cut"]))
    if layout == "transposed" and len(shape) > 1:
        made = made.transpose(0, 1)
    if layout == "expanded" and len(shape) < 16:
        made = made.expand(2, *shape)
    if layout == "cut" and shape:
        made = made[:1]
    grows = dtype.is_floating_point and dtype.itemsize > 1 and draw(st.booleans())
    return made.requires_grad_() if grows and made.is_leaf else made


_NUMBERS = st.lists(st.integers(1 - 2**63, 2**63 - 1), min_size=PACK_NUMBERS, max_size=60)
_NUMBERS |= st.lists(st.floats(), min_size=PACK_NUMBERS, max_size=60)
_TEXTS = st.text(st.characters(exclude_categories=()), max_size=12)
_INTEGERS = st.integers() | st.sampled_from(
    [sign * 2**bits + more for sign in (1, -1) for bits in (63, 64, 1024) for more in (-1, 0, 1)]
    + [2**INT_BITS - 1, 1 - 2**INT_BITS]
)
_LEAVES = (
    st.none()
    | st.booleans()
    | _INTEGERS
    | st.floats()
    | st.floats().map(np.float64)
    | st.integers(-(2**63), 2**63 - 1).map(np.int64)
    | _TEXTS
    | _NUMBERS
    | _NUMBERS.map(tuple)
    | arrays()
    | tensors()
    | st.sampled_from([object(), print, 1j, torch.ones(2) * 1j, torch.empty(2, device="meta")])
)
_KEYS = _TEXTS | st.integers() | st.floats() | st.integers(0, 9).map(np.int32)
RESULTS = st.recursive(
    _LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(_KEYS, inner, max_size=4)
    ),
    max_leaves=12,
)


def expected(value: Any) -> Any:
    """What must come of a result, in ``described``'s words: written again, without the codec."""
    if isinstance(value, torch.Tensor):
        return _expected_tensor(value)
    if isinstance(value, np.ndarray):
        data = value.astype("f4") if value.dtype == np.float16 else value
        data = data.astype(data.dtype.newbyteorder("="))
        told = (value.dtype.name, "numpy.ndarray", False)
        return (*told, data.dtype.newbyteorder("<").str, value.shape, data.tobytes())
    if isinstance(value, (list, tuple)):
        return ("list", type(value).__name__, *map(expected, value))
    if isinstance(value, dict):
        return ("dict", "dict", *((_key(key), expected(item)) for key, item in value.items()))
    if isinstance(value, str):
        return ("str", repr(value.encode("utf-8", "replace").decode()))
    for kind, others in ((bool, np.bool_), (int, np.integer), (float, np.floating)):
        if isinstance(value, (kind, others)):
            return (kind.__name__, repr(kind(value)))
    if value is None:
        return ("NoneType", "None")
    name = {object: "object", complex: "complex"}.get(type(value), "builtin_function_or_method")
    return ("OpaqueValue", f"OpaqueValue(type={name!r}, text='')")


def _expected_tensor(value: torch.Tensor) -> Any:
    name = str(value.dtype).removeprefix("torch.")
    if value.is_complex() or value.is_meta:
        told = "torch.Tensor " + ("without data (device meta)" if value.is_meta else f"of {name}")
        return ("OpaqueValue", f"OpaqueValue(type={told!r}, text='')")
    data = value.detach().float() if value.dtype in _SMALL else value.detach()
    data = data.contiguous().numpy()
    told = (name, "torch.Tensor", value.requires_grad)
    return (*told, data.dtype.str.replace("=", "<"), tuple(value.shape), data.tobytes())


def _key(key: Any) -> str:
    if isinstance(key, str):
        return key.encode("utf-8", "replace").decode()
    if isinstance(key, float):
        return repr(float(key))
    return str(int(key)) if abs(int(key)) < 2**63 else hex(key)


@tried(250)
@given(RESULTS)
def test_whatever_is_encoded_comes_back_as_it_was(value: Any):
    data = encode(value, LIMIT)
    assert len(data) <= LIMIT + ROOM
    got, peak = peak_of(lambda: decode(data))
    assert described(got) == expected(value)
    assert peak <= memory_allowed(data)
    check_value(got, len(data))


@tried(60)
@given(RESULTS, st.integers(0, 2000))
def test_what_is_accepted_fits_the_room_that_is_given(value: Any, limit: int):
    """Whatever the limit is: what the student's side lets pass, this side reads."""
    try:
        data = encode([value, value], limit)
    except ValueTooLargeError:
        return
    assert len(data) <= limit + ROOM
    assert described(decode(data)) == ("list", "list", expected(value), expected(value))


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float8_e5m2])
def test_what_is_sent_wider_counts_as_wide(dtype: torch.dtype):
    small = torch.zeros(LIMIT // 4, dtype=dtype)
    assert len(encode(small, LIMIT)) > LIMIT
    with pytest.raises(ValueTooLargeError):
        encode(torch.zeros(LIMIT // 4 + 1, dtype=dtype), LIMIT)
    with pytest.raises(ValueTooLargeError):
        encode(np.zeros(LIMIT // 4 + 1, np.float16), LIMIT)


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (2**INT_BITS, "has 4097 bits"),
        (torch.zeros((1,) * 17), "17 axes"),
        (np.zeros((1,) * 17), "17 axes"),
        ([list(range(LIST_NUMBERS // 2)), [0.5] * (LIST_NUMBERS // 2 + 1)], "1048576 numbers"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_what_would_not_be_read_is_not_sent(value: Any, why: str):
    with pytest.raises(ValueTooLargeError, match=why):
        encode(value, 64 << 20)


def test_an_array_of_objects_that_contains_itself_is_not_sent():
    loop = np.empty(1, dtype=object)
    loop[0] = [loop]
    with pytest.raises(ValueTooLargeError, match="contains itself"):
        encode(loop, LIMIT)


# ---------------------------------------------------------------- other bytes


def refused_or_plain(data: bytes) -> None:
    """The property of any bytes at all."""
    _, peak = peak_of(lambda: is_read(data))
    assert peak <= memory_allowed(data)
    check_frame(data)


def is_read(data: bytes) -> bool:
    """Whether it is a frame; no other exception than a refusal passes."""
    try:
        decode(data)
    except FrameError:
        return False
    return True


@tried(500)
@given(st.binary(max_size=400))
def test_random_bytes(data: bytes):
    refused_or_plain(data)


@tried(300)
@given(st.binary(max_size=200), st.binary(max_size=200), st.integers(0, 2**32 - 1) | st.none())
def test_random_bytes_behind_a_good_beginning(header: bytes, rest: bytes, length: int | None):
    refused_or_plain(frame(header, rest, length))


@tried(300)
@given(st.sampled_from(SEEDS), st.randoms(use_true_random=True), st.integers(1, 4))
def test_frames_that_were_damaged(data: bytes, chance: random.Random, times: int):
    for _ in range(times):
        data = blindly(chance)(data)
    refused_or_plain(data)


@tried(600)
@given(st.sampled_from(SEEDS), st.randoms(use_true_random=True), st.integers(1, 4))
def test_frames_that_were_forged(data: bytes, chance: random.Random, times: int):
    for _ in range(times):
        data = changed_frame(data, chance, blindly(chance))
    refused_or_plain(data)


@tried(100)
@given(st.sampled_from(SEEDS), st.sampled_from(SEEDS), st.integers(0, 200), st.integers(0, 200))
def test_a_frame_with_anothers_end(one: bytes, other: bytes, at: int, to: int):
    refused_or_plain(one[:at] + other[to:])


_NODES = st.recursive(
    st.sampled_from([*POOL, array(), array("b", "x"), NUMBERS]),
    lambda inner: (
        st.builds(lambda items: listed(*items), st.lists(inner, max_size=4))
        | st.builds(
            lambda kind, items: {"t": kind, "type": "d", "items": items, "v": "nan", "key": "a"},
            st.sampled_from(["dict", "list", "array", "int"]),
            st.lists(st.tuples(_TEXTS, inner) | inner, max_size=4),
        )
        | st.lists(inner, max_size=3)
    ),
    max_leaves=12,
)
_AXES = st.lists(st.sampled_from([0, 1, 2, 2**31, 2**32, 2**63, 2**64 - 1]), max_size=4)
_ENTRIES = st.builds(
    entry,
    st.sampled_from(["BOOL", "U8", "I64", "F32", "F64", "BF16", "F8_E4M3", "F4", "C64", "none"]),
    _AXES | st.lists(st.just(1), min_size=15, max_size=18) | st.just("2"),
    st.integers(-1, 33),
    st.sampled_from([0, 1, 8, 16, 32, 2**63, 2**64]),
)


@tried(300)
@given(
    _NODES, st.dictionaries(st.sampled_from("abn"), _ENTRIES, max_size=3), st.binary(max_size=32)
)
def test_frames_of_parts_that_may_not_fit(header: Any, index: Any, data: bytes):
    refused_or_plain(frame(header, payload(index, data) if index else b""))


# ---------------------------------------------------------------- one lie at a time

F64 = {"a": entry("F64", [2], 0, 16)}
DATA = bytes(range(16))
DEEPEST: Any = 0
for _ in range(TREE_DEPTH):
    DEEPEST = listed(DEEPEST)


@pytest.mark.parametrize(
    "data",
    [
        frame(array(), payload(F64, DATA)),
        frame(DEEPEST),
        frame({"t": "int", "v": hex(2**INT_BITS - 1)}),
        frame(array(), payload({"a": entry("F64", [1] * 15 + [2], 0, 16)}, DATA)),
        frame(NUMBERS, payload({"n": entry("F64", [2], 0, 16)}, DATA)),
        frame(array(), payload({"a": entry("U8", [0, 2**40], 0, 0)})),
        frame(array(), payload({"a": entry("BOOL", [2], 0, 2)}, b"\0\1")),
    ],
)
def test_the_frames_that_the_lies_are_made_of_are_read(data: bytes):
    """The control of the test below."""
    decode(data)


@pytest.mark.parametrize(
    "data",
    [
        # lengths
        b"",
        b"GRV1",
        frame(array(), payload(F64, DATA), length=0),
        frame(array(), payload(F64, DATA), length=2**32 - 1),
        frame(b"1" + b" " * HEADER_BYTES),
        frame(array(), payload(F64, DATA, length=0)),
        frame(array(), payload(F64, DATA, length=2**64 - 1)),
        frame(array(), payload(F64, DATA)[:-1]),
        frame(array(), payload(F64, DATA) + b"\0"),
        frame(array(), b"\0"),
        # what lies where
        frame(array(), payload({"a": entry("F64", [2], 0, 8)}, DATA)),
        frame(array(), payload({"a": entry("F64", [2], 8, 24)}, DATA)),
        frame(array(), payload({"a": entry("F64", [2], 16, 0)}, DATA)),
        frame(array(), payload({"a": entry("F64", [2], -16, 0)}, DATA)),
        frame(array(), payload({**F64, "b": entry("F64", [2], 0, 16)}, DATA)),
        frame(array(), payload({**F64, "b": entry("F64", [1], 24, 32)}, DATA * 2)),
        frame(array(), payload(b'{"a":1,"a":2}', DATA)),
        # shapes
        frame(array(), payload({"a": entry("F64", [2**61, 8], 0, 16)}, DATA)),
        frame(array(), payload({"a": entry("F64", [2**64, 1], 0, 16)}, DATA)),
        frame(array(), payload({"a": entry("F64", [0, 2**64 - 1], 0, 0)})),
        frame(array(), payload({"a": entry("F64", [2**62, 0, 2**62], 0, 0)})),
        frame(array(), payload({"a": entry("F64", [-1, -2], 0, 16)}, DATA)),
        frame(array(), payload({"a": entry("F64", [2.0], 0, 16)}, DATA)),
        frame(array(), payload({"a": entry("F64", "2", 0, 16)}, DATA)),
        frame(array(), payload({"a": entry("F64", [1] * 16 + [2], 0, 16)}, DATA)),
        frame(array(), payload({"a": entry("U8", [1] * 100_000, 0, 1)}, b"\0")),
        frame(array(), payload({"a": entry("U8", [0] * 100_000, 0, 0)})),
        # dtypes
        *(
            frame(array(), payload({"a": entry(name, [2], 0, size)}, DATA[:size]))
            for name, size in (("BF16", 4), ("F16", 4), ("F8_E4M3", 2), ("F4", 1), ("C64", 16))
        ),
        frame(array(), payload({"a": entry("BOOL", [2], 0, 2)}, b"\0\2")),
        # names
        frame(array("b"), payload(F64, DATA)),
        frame(1, payload(F64, DATA)),
        frame(listed(array(), array()), payload(F64, DATA)),
        frame(listed(NUMBERS, NUMBERS), payload({"n": entry("F64", [2], 0, 16)}, DATA)),
        # lists of numbers
        frame(NUMBERS, payload({"n": entry("F64", [2, 1], 0, 16)}, DATA)),
        frame(NUMBERS, payload({"n": entry("F32", [4], 0, 16)}, DATA)),
        frame(NUMBERS, payload({"n": entry("U8", [16], 0, 16)}, DATA)),
        frame(NUMBERS, payload({"n": entry("U64", [2], 0, 16)}, DATA)),
        # numbers
        frame(b"1" * 5000),
        frame(b"-" + b"9" * 4000),
        frame(b"1e999"),
        frame(b"-Infinity"),
        frame({"t": "int", "v": hex(2**INT_BITS)}),
        frame({"t": "int", "v": "0x" + "0" * INT_BITS}),
        frame({"t": "int", "v": 3}),
        frame({"t": "float", "v": "1e400"}),
        # JSON
        frame("1".encode("utf-16")),
        frame(b"\xef\xbb\xbf1"),
        frame(b'{"t":"opaque","type":"a","type":"b"}'),
        frame(b"[" * HEADER_BYTES),
        frame(b'{"a":' * (HEADER_BYTES // 5)),
        frame(listed(DEEPEST)),
        frame(listed(*[0] * TREE_NODES)),
        frame(b"1 2"),
    ],
    ids=lambda data: f"{data[8:48]!r}"[2:-1],
)
def test_one_lie_is_refused_and_costs_nothing(data: bytes):
    got, peak = peak_of(lambda: is_read(data))
    assert not got
    assert peak <= memory_allowed(data)


def test_what_says_where_the_arrays_are_is_bounded():
    """safetensors itself would read 100 MB of it, and make a million arrays of no elements."""
    one = b'"%05x":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}'
    count = INDEX_BYTES // 50
    index = b"{" + b",".join(one % number for number in range(count)) + b"}"
    assert len(safetensors.deserialize(payload(index))) == count
    with pytest.raises(FrameError, match="too much that says where"):
        decode(frame(array("00000"), payload(index)))


def test_a_frame_of_as_many_arrays_as_a_header_names_is_read():
    """The control of the test above: the bound is far above what a value can have."""
    value = [torch.ones((1,) * 15, dtype=torch.bool) for _ in range(720)]
    got = decode(encode(value, LIMIT))
    assert isinstance(got, ListValue)
    assert len(got.items) == 720


@pytest.mark.parametrize(("more", "fits"), [(0, True), (1, False)])
def test_numbers_become_objects_up_to_a_bound(more: int, fits: bool):
    halves = (LIST_NUMBERS // 2, LIST_NUMBERS // 2 + more)
    index = {
        "n": entry("I64", [halves[0]], 0, 8 * halves[0]),
        "m": entry("F64", [halves[1]], 8 * halves[0], 8 * sum(halves)),
    }
    data = frame(
        listed(NUMBERS, {**NUMBERS, "key": "m"}),
        payload(index, random.Random(1).randbytes(8 * sum(halves))),
    )
    got, peak = peak_of(lambda: is_read(data))
    assert got is fits
    assert peak <= memory_allowed(data)


def test_a_large_array_takes_its_bytes_and_a_copy():
    size = 4 << 20
    data = frame(array(), payload({"a": entry("U8", [size], 0, size)}, bytes(size)))
    got, peak = peak_of(lambda: decode(data))
    assert isinstance(got, ArrayValue)
    assert peak < 2.1 * size


# ---------------------------------------------------------------- what is kept


def test_long_lists_outlive_the_process():
    """A list of numbers is one part of a frame; as kept text it is many."""
    kept = Observation("t", {"f": {"case": Returned(ListValue(tuple(range(TREE_NODES + 1))))}})
    assert load_observation(dump_observation(kept)) == kept


@tried(200)
@given(st.randoms(use_true_random=True), st.integers(1, 3))
def test_a_damaged_observation_is_refused_or_read(chance: random.Random, times: int):
    value = DictValue((("a", ArrayValue("float64", np.ones(3))), ("b", ListValue((1, 2.5)))))
    data = dump_observation(Observation("t", {"f": {"case": Returned(value)}}, ("rlimits",)))
    for _ in range(times):
        data = blindly(chance)(data)
    try:
        assert isinstance(load_observation(data), Observation)
    except FrameError:
        return


@pytest.mark.parametrize("header", [b"[]", b"{}", b'{"outcomes": []}', b"[" * 5000, b"1", b"\xff"])
def test_what_is_no_observation_is_refused(header: bytes):
    with pytest.raises(FrameError, match="damaged"):
        load_observation(len(header).to_bytes(4, "little") + header)
