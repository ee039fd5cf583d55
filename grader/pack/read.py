"""The bytes of a pack file to a ``Pack``. The bytes may come from anywhere.

In: bytes. Out: a ``Pack``, or ``PackError``, which says what to do. Nothing is unpacked beyond its
bound, every member is held against its hash before it is looked at, and what comes of it is proven
to fit together.
"""

from __future__ import annotations

import hashlib
import io
import struct
import zipfile
import zlib
from typing import Any, TypeVar

from pydantic import ValidationError

from grader.model import Assignment, Baseline, Topic
from grader.pack.errors import PackError, unusable
from grader.pack.form import (
    MANIFEST,
    SCHEMA,
    Form,
    ManifestForm,
    OutcomesForm,
    OuterForm,
    TopicForm,
)
from grader.pack.limits import (
    INDEX_BYTES,
    JSON_BYTES,
    MEMBER_BYTES,
    PACK_BYTES,
    TOPICS,
    TOTAL_BYTES,
)
from grader.pack.meaning import baseline_of, topic_of
from grader.pack.pack import Pack
from grader.pack.write import digest_of
from grader.worker.decode import FrameError, arrays_of, parse_json

PARTS = ("public.json", "outcomes.json", "arrays.safetensors")
_MEMBERS = len(PARTS) * TOPICS + 1
_ENTRY = b"PK\x01\x02"  # begins what a zip's directory says of a member
_Any = TypeVar("_Any", bound=Form)
# The reader unpacks these as far as it is asked to; the others it unpacks whole.
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
# What Python's zip reader raises for files that are damaged, or that use more than a pack does.
_ZIP_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
    KeyError,
)


def load(data: bytes) -> Pack:
    """The pack. Raises ``PackError``."""
    members = _members(data)
    manifest = _manifest(members.pop(MANIFEST, b""))
    _prove_members(manifest, members)
    try:
        topics, baselines = [], {}
        for name in manifest.topics:
            topic, baseline = _topic(name, members)
            topics.append(topic)
            baselines[name] = baseline
    except (FrameError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise unusable(f"what it holds does not fit together ({error})") from None
    return Pack(
        Assignment(tuple(topics)),
        baselines,
        tuple(manifest.versions.items()),
        manifest.topics,
        manifest.digest,
    )


def _members(data: bytes) -> dict[str, bytes]:
    if len(data) > PACK_BYTES:
        raise unusable("it is larger than a pack can be")
    if data.count(_ENTRY) > _MEMBERS:
        # Before the zip reader makes an object of each, a million of them from these bytes.
        raise unusable("it holds too many members")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = archive.infolist()
            if len({info.filename for info in infos}) != len(infos):
                raise unusable("it holds two members of one name")
            if any(info.compress_type not in _METHODS for info in infos):
                raise unusable("it is packed in another way than packs are")
            return _unpacked(archive, infos)
    except _ZIP_ERRORS as error:
        raise unusable(f"it is damaged, or no pack ({error})") from None


def _unpacked(archive: zipfile.ZipFile, infos: list[zipfile.ZipInfo]) -> dict[str, bytes]:
    """Every member, read no further than it may be long: what its header says proves nothing."""
    left, found = TOTAL_BYTES, {}
    for info in infos:
        with archive.open(info) as stream:
            found[info.filename] = stream.read(min(left, MEMBER_BYTES) + 1)
        size = len(found[info.filename])
        left -= size
        if left < 0 or size > MEMBER_BYTES:
            raise unusable("it unpacks to more than a pack may")
    return found


def _manifest(data: bytes) -> ManifestForm:
    plain = _parsed(data, "it has no manifest")
    schema = _proven(OuterForm, plain).schema_
    if schema != SCHEMA:
        raise PackError(
            f"the pack of your course has the format {schema!r}, and this grader reads {SCHEMA!r}: "
            "install the grader that your course gives out with it."
        )
    manifest = _proven(ManifestForm, plain)
    if digest_of(plain) != manifest.digest:
        raise unusable("its manifest was changed")
    return manifest


def _prove_members(manifest: ManifestForm, members: dict[str, bytes]) -> None:
    wanted = {f"{topic}/{part}" for topic in manifest.topics for part in PARTS}
    if not wanted == set(manifest.members) == set(members):
        raise unusable("parts of it are missing, or do not belong to it")
    for name, data in members.items():
        if hashlib.sha256(data).hexdigest() != manifest.members[name].sha256:
            raise unusable(f"its part {name} was changed")


def _topic(name: str, members: dict[str, bytes]) -> tuple[Topic, Baseline]:
    public, outcomes, arrays = (members[f"{name}/{part}"] for part in PARTS)
    topic = topic_of(name, _proven(TopicForm, _parsed(public, "a part is no JSON")))
    found = _proven(OutcomesForm, _parsed(outcomes, "a part is no JSON"))
    return topic, baseline_of(topic, found, arrays_of(arrays, INDEX_BYTES))


def _parsed(data: bytes, otherwise: str) -> Any:
    if len(data) > JSON_BYTES:
        raise unusable("a part of it is longer than it may be")
    try:
        return parse_json(data)
    except FrameError:
        raise unusable(otherwise) from None


def _proven(form: type[_Any], plain: Any) -> _Any:
    try:
        return form.model_validate(plain)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        where = ".".join(str(step) for step in first["loc"])[:100] or "the top"
        raise unusable(f"at {where}: {first['msg']}") from None
