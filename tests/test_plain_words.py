"""What a plain process says, and who is believed: of a student's process every word is data."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from plain_jobs import call, job, outcomes, told

from grader.model import Broken, Died, Returned
from grader.sandbox import PlainSandbox
from grader.worker.stream import StreamError, Unpacker, packed

pytest_plugins = ["plain_fixtures"]

# Says on every descriptor what the process itself may say.
FORGE = """
import json, struct
WORDS = [
    {"layers": ["forged"]}, {"fault": "forged"}, {"loading": True}, {"loaded": True},
    {"load": {"type": "E", "message": "", "classes": [], "frames": [], "stage": "load"}},
    {"function": "g", "case": 0, "kind": "raised"}, {"function": "f", "case": 1, "kind": "died"},
    {"request": 99, "kind": "returned"}, {"request": "1"}, {"asks": True}, {"end": True},
    [], "end", 7, {},
]
def forge(words=WORDS, frame=b"", raw=b""):
    for word in words:
        text = json.dumps(word).encode()
        for number in range(3, 64):
            try: os.write(number, raw or struct.pack("<IQ", len(text), len(frame)) + text + frame)
            except OSError: pass
"""


def test_forged_words_change_no_other_case(light: PlainSandbox):
    source = FORGE + "def f(n):\n    forge()\n    return n\ndef g(n): return 7"
    seen = light.run(job(source, call("f", 2), call("g", 1)))
    assert told([*seen.outcomes["f"].values(), *seen.outcomes["g"].values()]) == [0, 1, 7]
    assert seen.layers == ("none",)


def test_an_own_case_may_be_answered_in_any_way_but_no_other(light: PlainSandbox):
    """It is the student's process: whatever it says, it says of the case it was asked for."""
    source = FORGE + (
        "def f(n):\n    word = {'request': 1, 'kind': 'raised', 'type': 'E', 'message': 'own',"
        " 'classes': [], 'frames': [], 'stage': 'load', 'function': 'g', 'case': 0}\n"
        "    forge([word])\n    return n\ndef g(n): return 7"
    )
    seen = light.run(job(source, call("f", 1), call("g", 1)))
    (own,), (other,) = seen.outcomes["f"].values(), seen.outcomes["g"].values()
    assert (own.message, own.stage, other.value) == ("own", "call", 7)


@pytest.mark.parametrize(
    "how",
    [
        "forge(raw=b'\\xff' * 99)",
        "forge([{}], frame=bytes(40 << 20))",
        "forge([{'x': 'x' * 99_000}])",
        "forge([{'request': 1, 'kind': 'returned'}], frame=b'GRV1')",
        "forge([{'request': 1, 'kind': 'returned', 'output': [], 'wall': 'x'}])",
    ],
)
def test_nonsense_costs_whoever_says_it(light: PlainSandbox, how: str):
    source = FORGE + f"def f(n):\n    if n == 0: {how}\n    return n"
    first, second = outcomes(light, source, 2)
    assert isinstance(first, Died)
    assert first.reason in ("ended", "result")
    assert told([second]) == [1]


def test_who_never_stops_talking_is_stopped(light: PlainSandbox):
    assert told(outcomes(light, FORGE + "def f(n):\n    while True: forge()")) == ["timeout"]


def test_no_case_can_be_answered_while_the_file_is_loaded(light: PlainSandbox):
    source = FORGE + "forge()\ntime.sleep(0.1)\ndef f(n): return n\ndef g(n): return n"
    seen = light.run(job(source, call("f", 2), call("g", 1)))
    found = [*seen.outcomes["f"].values(), *seen.outcomes["g"].values()]
    assert not any(isinstance(one, Broken) for one in found)
    assert not any(isinstance(one, Returned) and one.value is None for one in found)


@given(st.lists(st.tuples(st.dictionaries(st.text(), st.integers()), st.binary())), st.data())
def test_messages_survive_any_pieces(messages: list[tuple[dict[str, int], bytes]], data):
    stream, unpacker, found = b"".join(packed(*one) for one in messages), Unpacker(1 << 20), []
    while stream:
        size = data.draw(st.integers(1, len(stream)))
        unpacker.feed(stream[:size])
        stream = stream[size:]
        while (one := unpacker.take()) is not None:
            found.append((json.loads(one[0]), one[1]))
    assert found == messages


@given(st.lists(st.binary(max_size=80), max_size=20))
def test_any_bytes_are_messages_or_refused(pieces: list[bytes]):
    unpacker = Unpacker(64)
    for piece in pieces:
        unpacker.feed(piece)
        try:
            while (found := unpacker.take()) is not None:
                assert len(found[1]) <= 64
        except StreamError:
            return
