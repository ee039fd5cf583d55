"""The pack: it holds what a check needs and nothing else; it is read as data from outside."""

from __future__ import annotations

import hashlib
import io
import json
import struct
import zipfile
from dataclasses import fields, replace

import numpy as np
import pack_samples as samples
import pytest
import safetensors
from hypothesis import given, settings
from hypothesis import strategies as st
from pack_samples import SECRET

from grader.model import (
    ArrayValue,
    Assignment,
    Broken,
    Case,
    Check,
    DictValue,
    Died,
    DrawnFrom,
    Limits,
    ListValue,
    OpaqueValue,
    Raised,
    Raises,
    Returned,
    Same,
    Task,
    Within,
)
from grader.needed import needed_part
from grader.pack import (
    FILE,
    Pack,
    PackError,
    dump,
    find_pack,
    is_current,
    load,
    mismatches,
    notice,
    pack_of,
    public_part,
    read_pack,
)
from grader.pack.form import CheckForm, LimitsForm, OutcomeForm, RuleForm, TaskForm
from grader.pack.limits import INDEX_BYTES, JSON_BYTES, MEMBER_BYTES
from grader.pack.patterns import names_of_patterns, patterns_of
from grader.pack.values import Table, dump_arrays, outcome_of
from grader.pack.write import digest_of
from grader.worker.decode import arrays_of

PUBLIC = public_part(samples.ASSIGNMENT)
PACK = pack_of(PUBLIC, {"made_up": samples.BASELINE}, samples.VERSIONS)
DATA = dump(PACK)
MEMBERS = ("public.json", "outcomes.json", "arrays.safetensors")


def unzipped(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zip_of(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def resealed(members: dict[str, bytes], **manifest: object) -> bytes:
    """A pack with all hashes right, as somebody makes it who knows how."""
    plain = json.loads(members["manifest.json"]) | manifest
    plain["members"] = {
        name: {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
        for name, data in members.items()
        if name != "manifest.json"
    }
    plain["digest"] = digest_of(plain)
    return zip_of(members | {"manifest.json": json.dumps(plain).encode()})


# what is in it


def test_it_comes_back_as_it_was():
    again = load(DATA)
    assert repr(again.assignment) == repr(PACK.assignment)  # a NaN does not equal itself
    assert (again.versions, again.origins) == (PACK.versions, PACK.origins)
    assert dump(again) == DATA
    outcome = again.baselines["made_up"].functions["first"].wanted[samples.SHOWN]
    array = outcome.value.get("out")
    assert np.array_equal(array.data, samples.ARRAY.data, equal_nan=True)
    assert np.signbit(array.data[0, 1])
    assert (array.dtype, array.requires_grad, array.type) == ("float64", False, "torch.Tensor")
    assert outcome.value.get("scalar").requires_grad
    assert outcome.value.get("list") == samples.VALUE.get("list")


def test_the_same_pack_is_the_same_bytes():
    again = pack_of(
        public_part(samples.ASSIGNMENT), {"made_up": samples.BASELINE}, samples.VERSIONS
    )
    assert dump(again) == DATA


def test_what_it_keeps_of_the_declaration():
    task = load(DATA).assignment.topic("made_up").task("first")
    names = [check.name for check in task.checks]
    assert names == ["values", "refusal", "allowed", "sampled", "hangs"]
    assert [case.name for case in task.cases] == [samples.SHOWN, samples.REFUSED]
    values = task.checks[0]
    assert values.rule == samples.CHECKS[0].rule
    assert (values.cases, values.given, values.hint, values.points) == (
        patterns_of([samples.SHOWN]),
        "refusal",
        "Look closely.",
        2.5,
    )
    assert task.checks[-1].given == ""
    assert [check.rule for check in task.checks[2:4]] == [
        check.rule for check in samples.CHECKS[2:4]
    ]
    assert repr(task.cases[0].inputs) == repr(samples.CASES[0].inputs)
    assert (task.parameters, task.probe, task.limits) == (("x", "y"), "watched", Limits())


def test_no_secret_is_in_it():
    for name, data in unzipped(DATA).items():
        assert SECRET.encode() not in data, name
        assert b"hidden" not in data.lower(), name
        assert b"74317431" not in data, name


def test_no_source_of_staffs_is_in_it():
    topic = load(DATA).assignment.topics[0]
    assert (topic.reference, topic.oracles, topic.rights) == ("", "", {})
    assert [(task.mistakes, task.oracle) for task in topic.tasks] == [((), ""), ((), "")]


def test_outcomes_carry_no_lines_no_output_and_no_times():
    functions = load(DATA).baselines["made_up"].functions["first"]
    assert functions.wanted[samples.REFUSED] == Raised(
        "ValueError", "", ("ValueError", "Exception")
    )
    zeros, crash, *_ = (mistake.outcomes for mistake in functions.mistakes)
    assert zeros[samples.REFUSED].message == "is -1.5"
    assert crash[samples.SHOWN] == Died("signal")
    assert [outcome.output for outcome in zeros.values()] == ["", ""]


def test_a_mistake_that_looks_right_here_is_left_out_and_twins_have_no_sentence():
    shown = samples.mistake(
        f"Right in public {SECRET}", samples.returned(samples.VALUE), samples.raised("other words")
    )
    # The random checks of the sample fail for its own value, so they go for this test.
    task = replace(samples.FIRST, checks=(samples.CHECKS[0], samples.CHECKS[1]))
    topic = replace(samples.TOPIC, tasks=(task,))
    known = samples.BASELINE.functions["first"]
    baseline = replace(
        samples.BASELINE, functions={"first": replace(known, mistakes=(*known.mistakes, shown))}
    )
    pack = pack_of(public_part(Assignment((topic,))), {"made_up": baseline})
    found = pack.baselines["made_up"].functions["first"].mistakes
    assert [one.sentence for one in found] == ["You return zeros.", "You crash.", "", ""]


def test_an_accident_makes_no_pack():
    known = samples.BASELINE.functions["first"]
    broken = samples.mistake("x", Broken("no fork"), samples.raised("a"))
    baseline = replace(
        samples.BASELINE,
        functions=samples.BASELINE.functions | {"first": replace(known, mistakes=(broken,))},
    )
    with pytest.raises(PackError, match="no fork"):
        pack_of(PUBLIC, {"made_up": baseline})


def test_probes_lose_what_only_hidden_cases_use():
    probes = PUBLIC.topics[0].probes
    assert "only_hidden" not in probes
    assert "math" not in probes
    spaces: dict[str, object] = {}
    exec(probes.replace("import torch", "torch = None"), spaces)
    assert {"watched", "helper", "SHARED", "shown", "double_first"} <= set(spaces)
    assert spaces["watched"](lambda x: x + 1, {"x": 1}) == {"out": 2, "n": 3}


@pytest.mark.parametrize(
    ("source", "kept"),
    [
        ("A = 1\nB = 2\ndef f(): return A", {"A", "f"}),
        ("def f(): return globals()['g']()\ndef g(): pass\ndef h(): pass", {"f", "g"}),
        ("def f(): pass\nT = {}\nT['x'] = f\nU = 1", {"f", "T"}),
        ("a, b = 1, 2\ndef f(): return b", {"a", "b", "f"}),
        ("class C:\n  x = 1\n@C\ndef f(): pass\nD: int = 3", {"C", "f"}),
        ("from math import *\ndef f(): return pi\nimport json", {"f"}),
        ("if True:\n    A = B = 1\nC = 2\ndef f(): pass", {"A", "B", "f"}),
        ('"""Only text."""\ndef g(): pass', set()),
    ],
)
def test_the_needed_part_of_a_module(source: str, kept: set[str]):
    text = needed_part(source, ["f"])
    spaces: dict[str, object] = {"C": lambda f: f}
    exec(text.replace("class C:\n    x = 1", "C = C"), spaces)
    ours = {"A", "B", "C", "D", "T", "U", "a", "b", "f", "g", "h", "json"}
    assert {name for name in spaces if name in ours} - ({"C"} - kept) == kept


def test_a_module_of_which_nothing_is_needed_is_empty():
    assert needed_part('"""x"""\nfrom __future__ import annotations\nA = 1', []) == ""


@given(st.lists(st.text(max_size=12), max_size=4))
def test_patterns_are_names(names: list[str]):
    assert names_of_patterns(patterns_of(names)) == names


def test_a_pattern_that_may_match_others_is_no_name():
    with pytest.raises(ValueError, match="small"):
        names_of_patterns(["small*"])


_LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**90), 2**90)
    | st.floats(allow_nan=False)
    | st.text(st.characters(exclude_categories=()), max_size=6)
    | st.builds(OpaqueValue, st.text(max_size=4))
    | st.builds(
        lambda shape, kind: ArrayValue(kind, np.arange(np.prod(shape)).reshape(shape).astype(kind)),
        st.lists(st.integers(0, 3), max_size=3).map(tuple),
        st.sampled_from(["float64", "float32", "int64", "int32", "uint8", "bool"]),
    )
)
_VALUES = st.recursive(
    _LEAVES,
    lambda inner: (
        st.builds(ListValue, st.lists(inner, max_size=3).map(tuple), st.just("tuple"))
        | st.builds(
            DictValue, st.lists(st.tuples(st.text(max_size=3), inner), max_size=3).map(tuple)
        )
    ),
    max_leaves=6,
)


def described(value: object) -> object:
    """A value, comparable: arrays by their bytes."""
    if isinstance(value, ArrayValue):
        return ("array", value.dtype, value.data.dtype.str, value.shape, value.data.tobytes())
    if isinstance(value, ListValue):
        return (value.type, *map(described, value.items))
    if isinstance(value, DictValue):
        return (value.type, *((key, described(item)) for key, item in value.items))
    return (type(value).__name__, value)


@given(st.lists(_VALUES, max_size=4))
def test_values_come_back_as_they_were(values):
    table = Table()
    numbers = [table.add_outcome(Returned(value)) for value in values]
    arrays = arrays_of(dump_arrays(table.arrays), INDEX_BYTES)
    nodes = json.loads(json.dumps(table.nodes))
    again = [outcome_of(OutcomeForm.model_validate(nodes[number]), arrays) for number in numbers]
    assert [described(one.value) for one in again] == [described(value) for value in values]


def test_equal_values_are_stored_once():
    table = Table()
    array = np.arange(1000.0)
    one = table.add_value(ArrayValue("float64", array))
    same = table.add_value(ArrayValue("float64", array.copy()))
    table.add_value(ListValue((1, ArrayValue("float64", array.copy()))))
    assert one == same
    assert (len(table.nodes), len(table.arrays)) == (2, 1)


def test_every_field_of_the_model_is_kept_or_left_out_on_purpose():
    def missing(kind: type, *forms: type, left_out: set[str]) -> set[str]:
        kept = {name for form in forms for name in form.model_fields}
        return {field.name for field in fields(kind)} - kept - left_out

    assert missing(Check, CheckForm, left_out={"line"}) == set()
    assert missing(Limits, LimitsForm, left_out={"cpu"}) == set()
    assert missing(Task, TaskForm, left_out={"mistakes", "oracle", "equivalents"}) == set()
    assert {field.name for field in fields(Case)} == {"name", "inputs", "public", "seed", "line"}
    for rule in (Same, Raises, Within, DrawnFrom):
        assert missing(rule, RuleForm, left_out={"tolerance"}) == set()
    for outcome in (Returned, Raised, Died):
        unneeded = {"output", "wall", "cpu", "frames", "detail", "stopped"}
        assert missing(outcome, OutcomeForm, left_out=unneeded) == set()


# packs that are damaged, foreign or hostile


@pytest.mark.parametrize("member", ["manifest.json", *(f"made_up/{name}" for name in MEMBERS)])
@pytest.mark.parametrize("change", ["altered", "cut", "missing", "twice"])
def test_tampering_with_any_member_is_seen(member: str, change: str):
    members = unzipped(DATA)
    data = members.pop(member)
    changed = bytes([data[len(data) // 2] ^ 1]).join(
        (data[: len(data) // 2], data[len(data) // 2 + 1 :])
    )
    new = {"altered": changed, "cut": data[:-3], "twice": data + data}
    if change != "missing":
        members[member] = new[change]
    with pytest.raises(PackError, match="Download the kit again"):
        load(zip_of(members))


@pytest.mark.parametrize(
    "members",
    [
        {},
        {"word/document.xml": b"<xml/>"},
        {"manifest.json": b"[]"},
        {"manifest.json": b"{}"},
        {"manifest.json": b'{"schema": NaN}'},
        {"manifest.json": b'{"schema": "grader/pack/v1", "schema": "grader/pack/v1"}'},
        {"manifest.json": b"[" * 100_000},
        {"manifest.json": b'{"schema": "grader/pack/v1"}'},
        unzipped(DATA) | {"made_up/more.json": b"{}"},
        unzipped(DATA) | {"../../evil": b"x"},
    ],
    ids=lambda members: str(sorted(members))[:40],
)
def test_foreign_zips_are_refused(members: dict[str, bytes]):
    with pytest.raises(PackError, match="Download the kit again"):
        load(zip_of(members))


@pytest.mark.parametrize("data", [b"", b"PK", b"not a zip at all" * 99, b"\x80\x04pickle"])
def test_what_is_no_zip_is_refused(data: bytes):
    with pytest.raises(PackError, match="Download the kit again"):
        load(data)


def test_a_later_format_says_what_to_install():
    with pytest.raises(PackError, match=r"format 'grader/pack/v2'.*install the grader"):
        load(resealed(unzipped(DATA), schema="grader/pack/v2"))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(DATA) - 1))
def test_a_download_that_broke_off_is_refused(size: int):
    with pytest.raises(PackError):
        load(DATA[:size])


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, len(DATA) - 1), st.integers(1, 255)), min_size=1, max_size=4)
)
def test_flipped_bytes_never_change_what_is_judged(flips: list[tuple[int, int]]):
    changed = bytearray(DATA)
    for position, mask in flips:
        changed[position] ^= mask
    try:
        pack = load(bytes(changed))
    except PackError:
        return
    assert dump(pack) == DATA  # in a time stamp or the like, which is no part of it


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_ways_of_packing_are_refused(method: int):
    with pytest.raises(PackError, match="another way"):
        load(zip_of(unzipped(DATA), method))


def test_a_bomb_is_not_unpacked():
    bomb = unzipped(DATA) | {"made_up/public.json": bytes(MEMBER_BYTES + 1)}
    data = zip_of(bomb)
    assert len(data) < MEMBER_BYTES // 100
    with pytest.raises(PackError, match="unpacks to more"):
        load(data)


def test_a_bomb_that_lies_about_its_size_is_not_unpacked():
    data = bytearray(zip_of({"manifest.json": bytes(MEMBER_BYTES + 1)}))
    directory = data.index(b"PK\x01\x02")
    data[directory + 24 : directory + 28] = struct.pack("<I", 10)
    data[22:26] = struct.pack("<I", 10)
    with pytest.raises(PackError, match="Download the kit again"):
        load(bytes(data))


def test_json_that_would_fill_the_memory_is_not_parsed():
    """Empty lists take 25 times as much memory as text, and compress to nothing."""
    members = unzipped(DATA)
    members["made_up/outcomes.json"] = b"[" + b"[]," * (JSON_BYTES // 3) + b"0]"
    data = resealed(members)
    assert len(data) < JSON_BYTES // 100
    with pytest.raises(PackError, match="longer than it may be"):
        load(data)


def test_a_million_arrays_of_no_elements_are_not_made():
    one = b'"%07x":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}'
    index = b"{" + b",".join(one % number for number in range(INDEX_BYTES // 55)) + b"}"
    arrays = struct.pack("<Q", len(index)) + index
    assert len(safetensors.deserialize(arrays)) == INDEX_BYTES // 55  # the library takes them
    with pytest.raises(PackError, match="too much that says where"):
        load(resealed(unzipped(DATA) | {"made_up/arrays.safetensors": arrays}))


def test_many_small_members_are_refused():
    with pytest.raises(PackError, match="too many"):
        load(zip_of({f"{number}": b"" for number in range(2000)}))


def test_an_encrypted_member_is_refused():
    data = bytearray(DATA)
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(PackError, match="Download the kit again"):
        load(bytes(data))


def changed_public(**change: object) -> dict[str, object]:
    """``public.json`` with fields of the first task exchanged."""
    plain = json.loads(unzipped(DATA)["made_up/public.json"])
    plain["tasks"][0] |= change
    return plain


FIRST_TASK = json.loads(unzipped(DATA)["made_up/public.json"])["tasks"][0]
CASE, CHECK = FIRST_TASK["cases"][0], FIRST_TASK["checks"][0]
NONE = {"\x00": "dict", "items": []}
DEEP: object = 1
for _ in range(600):
    DEEP = [DEEP]


@pytest.mark.parametrize(
    "change",
    [
        {"function": "first; import os"},
        {"function": 3},
        {"cases": [CASE, CASE]},
        {"cases": [CASE]},
        {"cases": [CASE | {"seed": -1}]},
        {"cases": [CASE | {"inputs": {"x": {"no": "tag"}}}]},
        {"cases": [CASE | {"inputs": {"x": {"\x00": "fixture"}}}]},
        {"cases": [CASE | {"inputs": {"x": {"\x00": "fixture", "name": "f", "arguments": [1]}}}]},
        {"cases": [CASE | {"inputs": {"x": {"\x00": "fixture", "name": [], "arguments": NONE}}}]},
        {"cases": [CASE | {"inputs": {"x": {"\x00": "other", "value": 1}}}]},
        {"cases": [CASE | {"name": "x" * 5000}]},
        {"checks": [CHECK, CHECK]},
        {"checks": [CHECK | {"points": 0}]},
        {"checks": [CHECK | {"points": 1e99}]},
        {"checks": [CHECK | {"cases": ["no such case"]}]},
        {"checks": [CHECK | {"rule": {"kind": "exec"}}]},
        {"checks": [CHECK | {"rule": CHECK["rule"] | {"dtype": "any"}}]},
        {"checks": [CHECK | {"rule": CHECK["rule"] | {"rtol": -1.0}}]},
        {"limits": FIRST_TASK["limits"] | {"wall": 1e9}},
        {"limits": FIRST_TASK["limits"] | {"memory": 0}},
        {"parameters": "x"},
        {"probe": "os.system"},
    ],
    ids=lambda change: json.dumps(change)[:50],
)
def test_a_forged_declaration_is_refused(change: dict[str, object]):
    members = unzipped(DATA)
    members["made_up/public.json"] = json.dumps(changed_public(**change)).encode()
    with pytest.raises(PackError, match="Download the kit again"):
        load(resealed(members))


def _forge(path: list[object], new: object) -> dict[str, object]:
    plain = json.loads(unzipped(DATA)["made_up/outcomes.json"])
    place = plain
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = new
    return plain


ZEROS = ["functions", "first", "mistakes", 0, "outcomes", samples.SHOWN]


@pytest.mark.parametrize(
    ("path", "new"),
    [
        (["functions", "first", "wanted", samples.SHOWN], 999),
        (["functions", "first", "wanted", samples.SHOWN], -1),
        (["functions", "first", "wanted", samples.SHOWN], "0"),
        (["functions", "first", "wanted"], {}),
        (["functions", "first", "oracle", "other"], 7),
        (["functions", "third"], {"wanted": {}, "oracle": {}, "mistakes": [], "doubled": []}),
        (["functions"], {}),
        (ZEROS, 10**9),
        (["outcomes", 0], {"kind": "broken", "detail": ""}),
        (["outcomes", 0], {"kind": "died", "reason": "exit", "stage": "call"}),
        (["outcomes", 0, "value"], {"t": "array", "key": "none", "dtype": "x", "type": "x"}),
        (["outcomes", 0, "value"], {"t": "pickle", "v": "gASVAAA="}),
        (["outcomes", 0, "value"], DEEP),
        (["answers", 0], {"t": "list"}),
        (["answers", 0], {"t": "dict", "type": "dict", "items": []}),
        (["answers", 0, "items", 1, 1, "items", 0, 1], "likely"),
    ],
    ids=str,
)
def test_forged_outcomes_are_refused(path: list[object], new: object):
    members = unzipped(DATA)
    members["made_up/outcomes.json"] = json.dumps(_forge(path, new)).encode()
    with pytest.raises(PackError, match="Download the kit again"):
        load(resealed(members))


@pytest.mark.parametrize(
    "data",
    [
        b"\x00" * 20,
        struct.pack("<Q", 1 << 60) + b"{}",
        json.dumps({"a": {"dtype": "F64", "shape": [1 << 40], "data_offsets": [0, 8]}}).encode(),
    ],
)
def test_forged_arrays_are_refused(data: bytes):
    members = unzipped(DATA) | {"made_up/arrays.safetensors": data}
    with pytest.raises(PackError, match="Download the kit again"):
        load(resealed(members))


@pytest.mark.parametrize("name", ["..", "a/b", "/etc", "", "x" * 200, "a\n"])
def test_a_topic_is_a_plain_name(name: str):
    members = unzipped(DATA)
    moved = {key.replace("made_up", name): data for key, data in members.items()}
    with pytest.raises(PackError):
        load(resealed(moved, topics={name: "0" * 64}))


def test_a_forged_pack_that_fits_is_read():
    """The control of the tests above: resealing by itself is nothing that is refused."""
    assert dump(load(resealed(unzipped(DATA)))) == DATA


# versions and staleness


def test_the_same_versions_need_no_notice():
    assert mismatches(samples.VERSIONS, (*samples.VERSIONS, ("rich", "1"))) == ()
    assert notice(()) == ()


def test_other_versions_are_told_with_what_to_do():
    here = (("grader", "0.2.0"), ("python", "3.12.1"), ("torch", "2.14.0"))
    made_with = (*samples.VERSIONS, ("course cache", "course-1"))
    found = mismatches(made_with, here)
    assert [one.name for one in found] == ["grader", "python", "torch", "course cache"]
    assert found[-1].here == "missing"
    text = "\n".join(notice(found))
    assert "torch: 2.13.0+cpu in the pack, 2.14.0 here" in text
    assert "pip install torch==2.13.0\n" in text + "\n"
    assert "Python 3.11." in text
    assert "install the grader and the kit" in text
    assert "may fail on right work" in text


def test_a_local_build_and_a_repair_of_python_are_no_other_versions():
    here = (samples.VERSIONS[0], ("python", "3.11.2"), ("torch", "2.13.0+cu130"))
    assert mismatches(samples.VERSIONS, here) == ()


def test_it_is_current_until_something_changes():
    assert is_current(PACK, PUBLIC, samples.VERSIONS)
    assert is_current(PACK, PUBLIC, (("grader", "0.1.0"), ("torch", "other")))
    assert not is_current(PACK, PUBLIC, (("grader", "0.2.0"),))
    hint = replace(PUBLIC.topics[0].tasks[0].checks[0], hint="Another.")
    task = replace(PUBLIC.topics[0].tasks[0], checks=(hint,))
    for topic in (
        replace(PUBLIC.topics[0], reference="def first(x, y): return 1"),
        replace(PUBLIC.topics[0], tasks=(task, samples.SECOND)),
        replace(PUBLIC.topics[0], name="other"),
    ):
        assert not is_current(PACK, Assignment((topic,)), samples.VERSIONS)


# where it is


def test_the_nearest_one_upwards_is_found(tmp_path):
    inner = tmp_path / "kit" / "topic"
    inner.mkdir(parents=True)
    (tmp_path / FILE).write_bytes(b"far")
    assert find_pack(inner) == (tmp_path / FILE).resolve()
    (tmp_path / "kit" / FILE).write_bytes(b"near")
    assert find_pack(inner) == (tmp_path / "kit" / FILE).resolve()
    assert read_pack(tmp_path / "kit" / FILE) == b"near"


def test_a_pack_that_cannot_be_read_is_told(tmp_path):
    with pytest.raises(PackError, match="No such file"):
        read_pack(tmp_path / FILE)
    with pytest.raises(PackError, match="directory"):
        read_pack(tmp_path)


def test_a_file_far_too_large_is_not_read_whole(tmp_path):
    with (tmp_path / FILE).open("wb") as file:
        file.truncate(1 << 40)  # a hole: it takes no room
    with pytest.raises(PackError, match="larger than a pack"):
        read_pack(tmp_path / FILE)


def test_packs_are_values():
    assert isinstance(PACK, Pack)
    assert PACK.digest == ""
    assert len(load(DATA).digest) == 64
