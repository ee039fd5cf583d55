"""The result channel: what a student's process encodes is what the trusted one reads, and bytes
that are not a frame are refused."""

from __future__ import annotations

import collections
import struct

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import BatchEncoding

from grader.archive import dump_observation, load_observation
from grader.model import (
    ArrayValue,
    Broken,
    Call,
    Case,
    DictValue,
    Died,
    Fixture,
    Frame,
    Job,
    ListValue,
    Observation,
    OpaqueValue,
    Raised,
    Returned,
)
from grader.worker.decode import FrameError, decode
from grader.worker.encode import ValueTooLargeError, encode
from grader.worker.jobs import dump_job, load_job

LIMIT = 1 << 20


def through(value):
    return decode(encode(value, LIMIT))


@pytest.mark.parametrize(
    "value", [None, True, False, 0, -5, 2**80, 1.5, float("inf"), "", "é\n\x00", "\ud800"[:0]]
)
def test_scalars(value):
    assert through(value) == value
    assert type(through(value)) is type(value)


def test_nan():
    assert np.isnan(through(float("nan")))


@pytest.mark.parametrize("dtype", ["float64", "float32", "int64", "int32", "uint8", "bool"])
def test_tensors_keep_dtype_shape_and_bits(dtype):
    tensor = (torch.arange(12).reshape(3, 4) % 5).to(getattr(torch, dtype)).T
    got = through(tensor)
    assert isinstance(got, ArrayValue)
    assert (got.dtype, got.shape) == (dtype, (4, 3))
    assert np.array_equal(got.data, tensor.numpy())


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_half_precision_is_named_and_exact(dtype):
    tensor = torch.tensor([0.1, 3.0], dtype=dtype)
    got = through(tensor)
    assert got.dtype == str(dtype).removeprefix("torch.")
    assert got.data.tolist() == tensor.float().tolist()


def test_scalars_and_empty_tensors_keep_their_shape():
    assert through(torch.tensor(3.0)).shape == ()
    assert through(torch.zeros(2, 0, 3)).shape == (2, 0, 3)
    assert through(np.zeros((0,))).type == "numpy.ndarray"


def test_gradients_are_recorded_not_sent():
    tensor = torch.ones(2, requires_grad=True) * 2
    assert through(tensor).requires_grad
    assert not through(tensor.detach()).requires_grad


def test_containers():
    batch = BatchEncoding({"input_ids": torch.ones(1, 2, dtype=torch.long)})
    got = through({"a": [1, (2, "x")], "b": batch, 3: None})
    assert got.keys == ("a", "b", "3")
    assert got.get("a") == ListValue((1, ListValue((2, "x"), "tuple")))
    assert got.get("b").keys == ("input_ids",)


def test_long_number_lists_come_back_as_lists():
    assert through(list(range(500))) == ListValue(tuple(range(500)))
    assert through([0.5] * 500) == ListValue((0.5,) * 500)
    assert through([1, 2.0] * 50).items[1] == 2.0


@pytest.mark.parametrize(
    "value",
    [object(), (i for i in range(3)), print, torch.nn.Linear(1, 1), map(str, []), type, 1j],
)
def test_odd_objects_become_their_type(value):
    assert isinstance(through(value), OpaqueValue)


def test_meta_sparse_and_complex_tensors():
    assert isinstance(through(torch.zeros(2, device="meta")), OpaqueValue)
    assert isinstance(through(torch.zeros(2, dtype=torch.complex64)), OpaqueValue)
    assert through(torch.eye(2).to_sparse()).data.tolist() == [[1, 0], [0, 1]]


class Lying(float):
    def __eq__(self, other):
        return True

    __hash__ = float.__hash__

    def __float__(self):
        return 42.0


class LyingTensor(torch.Tensor):
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        raise AssertionError("a student's class was called")


class LyingList(collections.UserList):
    pass


def test_subclasses_cannot_lie():
    got = through([Lying(1.5)])
    assert got.items == (1.5,)
    assert type(got.items[0]) is float
    assert through(torch.ones(2).as_subclass(LyingTensor)).data.tolist() == [1.0, 1.0]
    assert isinstance(through(LyingList([1])), OpaqueValue)


def test_what_is_too_large_is_refused_before_it_is_copied():
    huge = torch.zeros(1).expand(2**31)
    with pytest.raises(ValueTooLargeError, match="8192 MB"):
        encode(huge, 64 << 20)
    with pytest.raises(ValueTooLargeError, match="parts"):
        encode([[]] * 30_000, LIMIT)
    with pytest.raises(ValueTooLargeError, match="describe"):
        encode("x" * 100_000, LIMIT)


def test_a_list_that_contains_itself():
    loop: list = []
    loop.append(loop)
    with pytest.raises(ValueTooLargeError, match="contains itself"):
        encode(loop, LIMIT)


GOOD = encode({"a": torch.arange(4.0), "b": [1, "x"]}, LIMIT)


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_damaged_frames_are_refused_or_read_as_plain_values(data):
    frame = bytearray(GOOD)
    for _ in range(data.draw(st.integers(1, 4))):
        frame[data.draw(st.integers(0, len(frame) - 1))] = data.draw(st.integers(0, 255))
    del frame[data.draw(st.integers(0, len(frame))) :]
    try:
        decode(bytes(frame))
    except FrameError:
        return


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_behind_a_good_beginning(tail):
    try:
        decode(b"GRV1" + struct.pack("<I", min(len(tail), 40)) + tail)
    except FrameError:
        return


def frame(header: bytes, payload: bytes = b"") -> bytes:
    return b"GRV1" + struct.pack("<I", len(header)) + header + payload


@pytest.mark.parametrize(
    "header",
    [
        b'{"t": "list"}',
        b'{"t": "list", "t": "dict"}',
        b"NaN",
        b'{"t": "float", "v": "1e999"}',
        b'{"t": "array", "key": "a0", "type": "x", "dtype": "float64", "grad": false}',
        b"[" * 60_000,
        b'{"t":"dict","type":"d","items":[[1,2]]}',
        b'{"t":"dict","type":"d","items":[["a"]]}',
        b'{"t":"what"}',
        b"[1, 2]",
        b'{"t":"list","type":"l","items":' + b'{"t":"list","type":"l","items":' * 400,
    ],
)
def test_hostile_headers_are_refused(header):
    with pytest.raises(FrameError):
        decode(frame(header))


def test_a_lie_about_a_shape_is_refused():
    header = b'{"t": "array", "key": "a0", "type": "x", "dtype": "float64", "grad": false}'
    index = b'{"a0":{"dtype":"F64","shape":[1000000000000],"data_offsets":[0,8]}}'
    payload = struct.pack("<Q", len(index)) + index + b"\0" * 8
    with pytest.raises(FrameError):
        decode(frame(header, payload))


def test_jobs_travel_whole():
    inputs = {
        "a": [1, 2.5, None, True, "é"],
        "b": (1, (2,)),
        "c": {"x": Fixture("model", {"arch": "bert", "inner": Fixture("tensor", {"shape": [2]})})},
        "d": float("inf"),
    }
    call = Call("f", (Case("one", inputs, seed=7),), ("a", "b"), doubles=("g",))
    job = Job("topic", "x = '\ud800'", "solution.py", (call,), "p = 1")
    assert load_job(dump_job(job)) == job


def test_a_job_takes_plain_data_only():
    with pytest.raises(TypeError, match="fixture"):
        dump_job(Job("t", "", "f", (Call("f", (Case("one", {"a": object()}),)),)))


def test_observations_outlive_the_process():
    outcomes = {
        "f": {
            "returned": Returned(
                DictValue((("x", ArrayValue("float64", np.arange(3.0))), ("n", float("nan")))),
                output="hello",
                wall=0.5,
            ),
            "raised": Raised("KeyError", "k", ("KeyError", "LookupError"), (Frame(3, "f"),)),
            "died": Died("timeout", wall=10.0),
            "broken": Broken("no disk"),
        }
    }
    kept = Observation("topic", outcomes, ("rlimits",), "printed", 1.0, 0.5)
    again = load_observation(dump_observation(kept))
    for name in ("raised", "died", "broken"):
        assert again.outcomes["f"][name] == outcomes["f"][name]
    value = again.outcomes["f"]["returned"].value
    assert value.get("x").data.tolist() == [0.0, 1.0, 2.0]
    assert np.isnan(value.get("n"))
    assert (again.layers, again.load_output, again.cpu) == (("rlimits",), "printed", 0.5)
    with pytest.raises(FrameError):
        load_observation(dump_observation(kept)[:-10])
