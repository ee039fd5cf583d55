"""The shape of a pack's JSON members, format ``grader/pack/v1``, with a bound on everything.

In: nothing. Out: pydantic models that ``write`` fills and ``read`` proves data from outside with.
Values and inputs are ``Any`` here: the decoders of their own formats prove those.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from grader.pack.limits import MEMBER_BYTES, NAME, PARTS, TEXT, TOPICS, WALL

SCHEMA = "grader/pack/v1"
MANIFEST = "manifest.json"

Name = Annotated[str, Field(max_length=NAME)]
Identifier = Annotated[str, Field(max_length=NAME, pattern=r"^[^\W\d]\w*$")]
# A folder of the course, and of the pack: nothing that could lead elsewhere.
TopicName = Annotated[str, Field(pattern=r"^\w[\w.-]{0,99}$")]
Text = Annotated[str, Field(max_length=TEXT)]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Points = Annotated[float, Field(gt=0, le=1e6)]
Size = Annotated[int, Field(gt=0, le=1 << 40)]
Bound = Annotated[float, Field(ge=0)]
Names = Annotated[list[Name], Field(max_length=PARTS)]
Identifiers = Annotated[list[Identifier], Field(max_length=PARTS)]
ByCase = Annotated[dict[Name, int], Field(max_length=PARTS)]


class Form(BaseModel):
    """Strict: a number is no string. A field that a newer writer adds is passed over."""

    model_config = ConfigDict(strict=True, frozen=True, allow_inf_nan=False)


class MemberForm(Form):
    sha256: Digest
    size: Annotated[int, Field(ge=0, le=MEMBER_BYTES)]


class ManifestForm(Form):
    """``digest`` is over all the rest of the manifest, and so over every byte of every member."""

    schema_: Literal["grader/pack/v1"] = Field(alias="schema")
    digest: Digest
    versions: Annotated[dict[Name, Name], Field(max_length=100)]
    topics: Annotated[dict[TopicName, Digest], Field(max_length=TOPICS)]
    members: Annotated[dict[Name, MemberForm], Field(max_length=3 * TOPICS)]


class CaseForm(Form):
    name: Name
    seed: Annotated[int, Field(ge=0, lt=1 << 32)]
    inputs: dict[Identifier, Any]


class RuleForm(Form):
    """One of the rules; which fields it has is its ``kind``'s to say."""

    kind: Literal["same", "raises", "within", "drawn_from"]
    path: Name = ""
    rtol: Bound = 0.0
    atol: Bound = 0.0
    dims: Names = []
    dtype: Literal["kind", "exact"] = "kind"
    grad: Literal["any", "none"] = "any"
    extra_keys: bool = True
    ordered: bool = True
    exception: Name = ""
    allowed: Name = ""
    distribution: Name = ""
    sigmas: Annotated[float, Field(gt=0)] = 6.0


class CheckForm(Form):
    """``cases`` are names, not patterns; empty for all that the rule applies to by itself."""

    name: Name
    rule: RuleForm
    points: Points
    hint: Text
    cases: Names
    given: Name


class LimitsForm(Form):
    wall: Annotated[float, Field(gt=0, le=WALL)]
    memory: Size
    output: Size
    result: Size
    scratch_bytes: Size
    scratch_inodes: Size


class TaskForm(Form):
    function: Identifier
    parameters: Identifiers
    probe: Annotated[str, Field(max_length=NAME, pattern=r"^(?:[^\W\d]\w*)?$")]
    needs: Identifiers
    limits: LimitsForm
    cases: Annotated[list[CaseForm], Field(max_length=PARTS)]
    checks: Annotated[list[CheckForm], Field(max_length=PARTS)]


class TopicForm(Form):
    """What is run and judged: ``<topic>/public.json``."""

    probes: Text
    tasks: Annotated[list[TaskForm], Field(min_length=1, max_length=PARTS)]


class OutcomeForm(Form):
    """``value`` is a tree whose arrays are in the topic's safetensors."""

    kind: Literal["returned", "raised", "died"]
    value: Any = None
    type: Name = ""
    message: Text = ""
    classes: Names = []
    stage: Name = ""
    reason: Name = ""


class MistakeForm(Form):
    sentence: Text
    outcomes: ByCase


class DoubledForm(Form):
    doubles: Identifiers
    ways: Annotated[list[ByCase], Field(max_length=PARTS)]


class FunctionForm(Form):
    """Numbers point into the topic's ``outcomes``, or for ``oracle`` into its ``answers``."""

    wanted: ByCase
    oracle: ByCase
    mistakes: Annotated[list[MistakeForm], Field(max_length=PARTS)]
    doubled: Annotated[list[DoubledForm], Field(max_length=PARTS)]


class OutcomesForm(Form):
    """What the reference and the mistakes did, each value once: ``<topic>/outcomes.json``."""

    outcomes: Annotated[list[OutcomeForm], Field(max_length=PARTS * PARTS)]
    answers: Annotated[list[Any], Field(max_length=PARTS * PARTS)]
    functions: Annotated[dict[Identifier, FunctionForm], Field(max_length=PARTS)]


class OuterForm(Form):
    """The part of any manifest that tells of which format it is."""

    schema_: Name = Field(alias="schema")
