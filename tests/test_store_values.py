"""What a store keeps comes back bit for bit: every kind of value and text, in both databases."""

from __future__ import annotations

import contextlib
from itertools import product

import numpy as np
import pytest
from fuzzing import tried
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from store_samples import key, plain

from grader.model import (
    ArrayValue,
    CallRecord,
    DictValue,
    Died,
    Frame,
    ListValue,
    OpaqueValue,
    Raised,
    Returned,
)
from grader.store import open_store
from grader.store.blobs import BlobError, blob, content_of, shrunk
from grader.store.manifest import pack
from grader.store.values import Short, dump_value, load_short, load_value
from grader.worker.decode import FrameError

pytest_plugins = ["store_fixtures"]

# Any text: NUL, lone surrogates, two of them side by side.
TEXTS = st.text(st.characters(), max_size=12) | st.text("\x00\ud83d\ude00'é", max_size=6)
LONG = TEXTS | st.text("a\x00\udc80", min_size=201, max_size=300)
KINDS = [*product("ui", (1, 2, 4, 8)), *product("f", (2, 4, 8)), *product("c", (8, 16))]
DTYPES = ["?", *(f"<{kind}{size}" for kind, size in KINDS)]


@st.composite
def array_values(draw: st.DrawFn) -> ArrayValue:
    """Arrays whose bits are any at all, so that there are NaNs of every kind, some of them views
    into others, some without axes or elements."""
    dtype = np.dtype(draw(st.sampled_from(DTYPES)))
    shape = draw(arrays.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4))
    size = int(np.prod(shape)) * dtype.itemsize
    raw = draw(st.binary(min_size=size, max_size=size))
    bits = bytes(byte & 1 for byte in raw) if dtype.kind == "b" else raw
    data = np.frombuffer(bits, dtype).reshape(shape)
    turned = data.T if draw(st.booleans()) else data
    return ArrayValue(draw(TEXTS), turned, draw(st.booleans()), draw(TEXTS))


WHOLE = st.integers() | st.integers(-(2**4095), 2**4095)
SCALARS = st.none() | st.booleans() | WHOLE | st.floats() | LONG
VALUES = st.recursive(
    SCALARS | array_values() | st.builds(OpaqueValue, TEXTS),
    lambda inner: (
        st.builds(ListValue, st.lists(inner, max_size=4).map(tuple), TEXTS)
        | st.builds(DictValue, st.lists(st.tuples(TEXTS, inner), max_size=4).map(tuple), TEXTS)
    ),
    max_leaves=12,
)
STOPPED = st.lists(TEXTS, max_size=2).map(tuple)
FRAMES = st.lists(st.builds(Frame, st.integers(0, 9999), TEXTS), max_size=2).map(tuple)
OUTCOMES = (
    st.builds(Returned, VALUES, LONG, st.floats(0, 9), st.floats(0, 9), STOPPED)
    | st.builds(Raised, TEXTS, LONG, STOPPED, FRAMES, LONG, TEXTS, stopped=STOPPED)
    | st.builds(Died, TEXTS, LONG, LONG, TEXTS, stopped=STOPPED)
)
RECORDS = st.builds(
    CallRecord,
    TEXTS,
    st.dictionaries(TEXTS, OUTCOMES, max_size=4),
    STOPPED,
    LONG,
    STOPPED,
    st.floats(0, 1e9),
    st.floats(0, 1e9),
)


@given(VALUES)
@tried(150)
def test_a_value_comes_back_bit_for_bit(value):
    dumped = dump_value(value)
    again = load_short(dumped.tree) if isinstance(dumped, Short) else load_value(dumped)
    assert plain(again) == plain(value)
    assert dump_value(again) == dumped, "the same value has the same bytes"


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def store(request, tmp_path_factory):
    where = tmp_path_factory.mktemp("values") / "store.db"
    if request.param == "postgresql":
        where = f"{request.getfixturevalue('server')}&options=-csearch_path%3Dpublic"
    with open_store(where, "values") as opened:
        yield opened


@pytest.fixture(scope="module")
def numbers():
    return iter(range(1 << 30))


@given(found=st.lists(RECORDS, min_size=1, max_size=4))
@tried(40)
def test_a_record_comes_back_from_the_database(store, numbers, found):
    rows = [(key(next(numbers)), record) for record in found]
    told = store.settle(store.begin("ann", [one for one, _ in rows]), rows)
    store._records.__init__(0, store._records.fetch)  # all is forgotten
    recalled = store.recall([one.digest for one, _ in rows])
    for (one, record), said in zip(rows, told, strict=True):
        again = recalled[one.digest]
        assert plain(again.record) == plain(said.record) == plain(record)
        assert (again.record.wall, again.record.cpu) == (record.wall, record.cpu)
        assert again.manifest == said.manifest == pack(record).manifest.name


def test_a_nan_in_an_array_keeps_its_bits():
    bits = np.array([0x7FF8000000000001, 0xFFF0DEADBEEF0001, 1 << 63], np.uint64)
    again = load_value(dump_value(ArrayValue("float64", bits.view(np.float64))))
    assert again.data.view(np.uint64).tolist() == bits.tolist()


@pytest.mark.parametrize("dtype", ["O", "U3", "M8[s]"])
def test_arrays_of_other_things_are_refused(dtype):
    with pytest.raises(ValueError, match="an array that cannot be kept"):
        dump_value(ArrayValue("odd", np.zeros(2, dtype)))


def test_what_would_not_be_read_again_is_not_written(store):
    deep = 1
    for _ in range(40):
        deep = ListValue((deep,))
    attempt = store.begin("ann", [key(-1)])
    with pytest.raises(ValueError, match="too many parts"):
        store.settle(attempt, [(key(-1), CallRecord("f", {"a": Returned(deep)}))])
    assert store.recall([key(-1).digest]) == {}
    store.fail(attempt, "it is too deep")


@given(data=st.binary(max_size=40), cut=st.integers(0, 400), flip=st.integers(0, 400 * 8))
@tried(150)
def test_damaged_bytes_are_told_with_one_error(data, cut, flip):
    value = ArrayValue("uint8", np.frombuffer(data, np.uint8))
    whole = bytearray(dump_value(DictValue((("a", value), ("b", "text" * 60)))))
    whole[flip // 8 % len(whole)] ^= 1 << flip % 8
    for damaged in (bytes(whole), bytes(whole[:cut]), data):
        try:
            plain(load_value(damaged))
        except FrameError:
            continue


@given(data=st.binary(max_size=300), flip=st.integers(0, 1 << 16))
@tried(150)
def test_a_blob_is_what_its_name_says(data, flip):
    one = blob(b"v", data * 5)
    stored = bytearray(shrunk(one.content))
    assert content_of(one.name, b"v", bytes(stored)) == data * 5
    assert len(stored) <= len(one.content) + 1
    with pytest.raises(BlobError):
        content_of(one.name, b"m", bytes(stored))
    stored[flip // 8 % len(stored)] ^= 1 << flip % 8
    with contextlib.suppress(BlobError):
        assert content_of(one.name, b"v", bytes(stored)) == data * 5
