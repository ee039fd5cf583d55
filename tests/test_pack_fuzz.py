"""Properties of a pack's bytes: they are refused, or are a pack that the judge can work with."""

from __future__ import annotations

import random

import pack_samples as samples
from fuzzing import blindly, peak_of, tried
from hypothesis import given
from hypothesis import strategies as st

from fuzz.mutate import changed_members
from fuzz.oracles import check_pack
from fuzz.packs import TOPIC, lines_of, sealed
from grader.pack import Pack, dump, pack_of, public_part

PACK = pack_of(public_part(samples.ASSIGNMENT), {TOPIC: samples.BASELINE}, samples.VERSIONS)
DATA = dump(PACK)
LINES = lines_of(PACK)


def read(data: bytes) -> Pack | None:
    found, peak = peak_of(lambda: check_pack(data))
    assert peak < 60 * len(data) + (1 << 20)
    return found if isinstance(found, Pack) else None


def test_the_members_that_the_others_are_made_of_are_a_pack():
    """The control of the properties below."""
    pack = read(sealed(LINES))
    assert pack is not None
    assert lines_of(pack) == LINES


@tried(100)
@given(st.binary(max_size=300))
def test_random_bytes(data: bytes):
    assert read(data) is None


@tried(100)
@given(st.randoms(use_true_random=True), st.integers(1, 3))
def test_packs_that_were_damaged(chance: random.Random, times: int):
    data = DATA
    for _ in range(times):
        data = blindly(chance)(data)
    read(data)


@tried(150)
@given(st.randoms(use_true_random=True), st.integers(1, 4))
def test_packs_that_were_forged_are_refused_or_judge(chance: random.Random, times: int):
    lines = LINES
    for _ in range(times):
        lines = changed_members(lines, chance, blindly(chance))
    read(sealed(lines))
