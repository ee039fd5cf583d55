"""Grades made by hand for the tests of the reports, and for looking at them.

In: nothing. Out: Grades as the judge makes them, from an honest student and from a hostile one.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from grader.model import (
    CheckResult,
    Difference,
    FunctionGrade,
    Grade,
    HeatMap,
    Status,
    Tolerance,
    TopicGrade,
)

CANARY = "CANARY-hidden-1f3c"

VERSIONS = (("python", "3.11.9"), ("torch", "2.13.0"), ("transformers", "5.23.0"))

HOSTILE = (
    "</script><script>alert(1)</script><img src=x onerror=alert(1)>"
    "\x1b[31mred\x1b[0m\x07\u202egnp.exe\u202c\u200b {{ 7*7 }} [bold]markup[/bold] '\"&"
)


def heat_map(rows: int = 7, columns: int = 9, seed: int = 0) -> HeatMap:
    """A few wrong cells on a field of right ones; the worst at row 2, column 5."""
    rng = np.random.default_rng(seed)
    levels = np.where(rng.random((rows, columns)) < 0.3, rng.integers(1, 200, (rows, columns)), 0)
    levels[2 % rows, 5 % columns] = 255
    return HeatMap(
        rows, columns, levels.astype(np.uint8).tobytes(), 0.3462, "query down, key across"
    )


def result(check: str, case: str = "two rows", **fields: object) -> CheckResult:
    """A passed public check of one point, but for ``fields``."""
    base = CheckResult(check, case, True, Status.PASSED, 1.0, 1.0)
    return replace(base, **fields)


def failed(check: str, case: str = "two rows", **fields: object) -> CheckResult:
    """A failed one."""
    return result(check, case, **{"status": Status.FAILED, "score": 0.0, **fields})


def not_attempted(function: str, points: float) -> FunctionGrade:
    """A stub left as it was."""
    empty = result(
        "it works",
        status=Status.NOT_ATTEMPTED,
        score=0.0,
        max_score=points,
        message="Not written yet.",
        category="stub",
    )
    return FunctionGrade(function, (empty,))


def passed(function: str, points: float, *checks: str) -> FunctionGrade:
    """A right function: each check on a public case and two hidden ones."""
    part = points / (3 * len(checks))
    return FunctionGrade(
        function,
        tuple(
            result(check, case, public=case == "two rows", score=part, max_score=part)
            for check in checks
            for case in ("two rows", "a long row", "drawn 1")
        ),
    )


_MASK = "Your mask says `ids != pad_id`: a real token may have that id too."


def pad_ids() -> FunctionGrade:
    """A known mistake, seen on a public case and three hidden ones."""
    difference = Difference(
        "value",
        "`attention_mask` differs at [batch 1, sequence 0]: 0, not 1 (2 of 6 elements differ, "
        "by 1 at most)",
        "attention_mask",
        (1, 0),
        got="0",
        want="1",
        size=1.0,
        wrong=2,
        total=6,
    )
    told = {
        "category": "value",
        "mistake": _MASK,
        "hint": "Which rows hold padding is known before the ids are put in: from the lengths.",
        "output": "step 1\nids = [[9, 9, 0], [9, 1, 2]]\n",
    }
    public = failed(
        "the mask marks real tokens",
        "the pad id is also a token",
        max_score=0.5,
        message=difference.message + ".",
        staff=difference.message,
        difference=difference,
        **told,
    )
    hidden = [
        failed(
            "the mask marks real tokens",
            f"ragged {number} {CANARY}",
            public=False,
            max_score=0.5,
            message="The values are not the right ones.",
            staff=f"`attention_mask` differs at [0, 3]: 0, not 1. {CANARY}",
            difference=replace(difference, got=f"0 {CANARY}", want=f"1 {CANARY}"),
            traceback=(f"solution.py, line 12, in pad_ids: mask = {CANARY}",),
            **{**told, "output": f"ids = {CANARY}"},
        )
        for number in range(3)
    ]
    rows = [
        result("rows are padded on the asked side", case, public=case == "two rows")
        for case in ("two rows", "left")
    ]
    return FunctionGrade("pad_ids", (*rows, public, *hidden))


def attention_weights() -> FunctionGrade:
    """A wrong tensor with a heat map, on a public and on a hidden case."""
    shown = Difference(
        "value",
        "the result differs at [batch 0, query 0, key 1]: 0.1428571, not 0.3187542 "
        "(22 of 126 elements differ, by 0.346 at most)",
        "",
        (0, 0, 1),
        got="0.1428571",
        want="0.3187542",
        size=0.3462,
        wrong=22,
        total=126,
        heat_map=heat_map(),
        tolerance=Tolerance(rtol=1e-5, atol=1e-6),
    )
    public = failed(
        "scores are divided by the square root of d",
        "three keys",
        max_score=1.5,
        category="value",
        message="The result differs at [batch 0, query 0, key 1]: 0.1428571, not 0.3187542 "
        "(22 of 126 elements differ, by 0.346 at most).",
        hint="What is `d` here: the width of the model, or of one head?",
        difference=shown,
    )
    hidden = replace(
        public,
        case=f"extreme scores {CANARY}",
        public=False,
        message="The values are not the right ones.",
        staff=f"The result differs at [0, 0, 1]. {CANARY}",
        difference=replace(shown, heat_map=replace(heat_map(5, 5, 1), caption=CANARY)),
    )
    crash = failed(
        "masked keys get exactly 0",
        "padding at the end",
        max_score=1.0,
        category="exception",
        message="It raised RuntimeError (solution.py, line 31): The size of tensor a (7) must "
        "match the size of tensor b (9) at non-singleton dimension 2",
        hint="Give the mask an axis for the queries, so that it lines up with the keys.",
        traceback=(
            "solution.py, line 44, in attention_weights: return _masked(scores, mask)",
            "solution.py, line 31, in _masked: return scores + mask.T",
        ),
        output="torch.Size([2, 7, 9])\n",
    )
    rows = result("rows sum to one", "three keys", max_score=1.0)
    return FunctionGrade("attention_weights", (public, hidden, crash, rows))


def pad_texts() -> FunctionGrade:
    """A time-out in two cases and all their checks, and a wrong shape in another."""
    late = "It did not finish in 10 seconds and was stopped. Look for a loop that never ends."
    slow = [
        failed(check, case, category="timeout", message=late, public=case == "one text")
        for check in ("ids are right", "the mask is right")
        for case in ("one text", "many texts")
    ]
    shape = Difference(
        "shape",
        "`input_ids` has shape (7, 2), not (2, 7) (batch, sequence); two axes are swapped",
        "input_ids",
        got="(7, 2)",
        want="(2, 7)",
    )
    swapped = failed(
        "rows are as long as the longest text",
        category="shape",
        message="`input_ids` has shape (7, 2), not (2, 7) (batch, sequence); two axes are swapped.",
        difference=shape,
    )
    return FunctionGrade("pad_texts", (*slow, swapped))


def blocked() -> FunctionGrade:
    """A function that needs a sibling which is not written."""
    told = "It needs `train_epoch`, which is not written yet."
    fields = {"status": Status.BLOCKED, "score": 0.0, "category": "blocked", "message": told}
    return FunctionGrade(
        "fit",
        (
            result("the best epoch is found", max_score=2.0, **fields),
            result("the best state is kept", max_score=2.0, **fields),
        ),
    )


def broken() -> FunctionGrade:
    """Where the grader itself failed."""
    fields = {
        "status": Status.GRADER_ERROR,
        "score": 0.0,
        "max_score": 0.0,
        "category": "grader error",
        "message": "The grader failed here; staff has been told. It costs you nothing.",
        "staff": f"SandboxError: no child came back {CANARY}",
    }
    return FunctionGrade("evaluate", (result("the mean of the batch losses", **fields),))


def unloaded(*functions: str) -> tuple[FunctionGrade, ...]:
    """All functions of a file that does not load."""
    told = (
        "Your file could not be loaded, so none of its functions ran. solution.py, line 3: "
        "ModuleNotFoundError: No module named 'tensorflow'\n    import tensorflow as tf"
    )
    return tuple(
        FunctionGrade(
            function,
            tuple(
                failed(check, max_score=2.5, category="load", message=told)
                for check in ("it is right", "it is right for long texts")
            ),
        )
        for function in functions
    )


def grade(submission: str = "Ada Lovelace") -> Grade:
    """A student in the middle of the course: some of everything."""
    tokenize = tuple(
        passed(name, 2.0, "ids are right", "text survives the way back")
        for name in ("tokens", "token_ids", "tokens_with_special", "to_tensors", "decode")
    )
    topics = (
        TopicGrade(
            "load_model",
            (
                passed("load_tokenizer", 3.0, "it is the right one"),
                passed("load_base_model", 3.0, "the weights are loaded", "it is in eval mode"),
                passed("describe", 4.0, "every number is right", "frozen ones are not counted"),
            ),
            "load_model/solution.py",
        ),
        TopicGrade("tokenize", tokenize, "tokenize/solution.ipynb"),
        TopicGrade(
            "pad_batch",
            (pad_texts(), pad_ids(), passed("lengths", 3.0, "real tokens are counted")),
            "pad_batch/solution.py",
            ("Cell 4 does not parse (line 2) and was passed over.",),
            ("seccomp", "landlock", "namespaces"),
            wall=1.52,
            cpu=0.94,
        ),
        TopicGrade("embeddings", unloaded("call_with_batch", "call_with_arguments", "mean_pool")),
        TopicGrade(
            "attentions",
            (
                passed("load_with_internals", 3.0, "outputs carry both"),
                passed("internals", 3.5, "hidden states", "attentions"),
                attention_weights(),
            ),
        ),
        TopicGrade("attention_plot", (not_attempted("plot_attentions", 10.0),)),
        TopicGrade("training_loop", (not_attempted("train_epoch", 3.0), broken(), blocked())),
        TopicGrade(
            "generate",
            tuple(not_attempted(name, 2.5) for name in ("greedy", "greedy_by_hand", "sample")),
        ),
    )
    return Grade(submission, topics, versions=VERSIONS, seed=f"seed-{CANARY}")


def perfect(submission: str = "grace") -> Grade:
    """Full marks in two topics."""
    return Grade(
        submission,
        (
            TopicGrade("load_model", (passed("describe", 10.0, "every number is right"),)),
            TopicGrade("tokenize", (passed("tokens", 10.0, "tokens are right"),)),
        ),
    )


def unreadable(submission: str = "zip bomb") -> Grade:
    """Nothing could be read, and every topic says so."""
    problem = "The archive is damaged: it ends in the middle of a file."
    message = failed("it works", message=problem, category="unreadable", max_score=10.0)
    return Grade(
        submission, (TopicGrade("load_model", (FunctionGrade("describe", (message,)),)),), problem
    )


def hostile() -> Grade:
    """Every text that a student can reach holds an attack."""
    found = Difference(
        "value", HOSTILE, HOSTILE, (0,), got=HOSTILE, want=HOSTILE, size=float("nan")
    )
    check = failed(
        HOSTILE,
        HOSTILE,
        message=HOSTILE,
        hint=HOSTILE,
        mistake=HOSTILE,
        category=HOSTILE,
        staff=HOSTILE,
        difference=replace(found, heat_map=replace(heat_map(), caption=HOSTILE)),
        traceback=(HOSTILE,) * 3,
        output=HOSTILE,
    )
    topic = TopicGrade("pad_batch", (FunctionGrade("pad_ids", (check,)),), HOSTILE, (HOSTILE,))
    return Grade(HOSTILE, (topic,), notes=(HOSTILE,), versions=(("torch", HOSTILE),), seed="s")


TOPICS = (
    "load_model",
    "tokenize",
    "pad_batch",
    "embeddings",
    "attentions",
    "attention_plot",
    "prepare_dataset",
    "training_loop",
    "trainer",
    "freeze_encoder",
    "task_heads",
    "generate",
)
_SENTENCES = (
    _MASK,
    "The model stays in training mode: call `model.eval()` first.",
    "You average the embeddings of padding too: multiply by the mask before the sum.",
    "The scheduler steps once an epoch; it must step after every optimizer step.",
)


def classmate(number: int, checks: int = 30) -> Grade:
    """One of a class: twelve topics, ``checks`` checks, and mistakes as they come."""
    rng = np.random.default_rng(number)
    skill, reach = rng.beta(5, 2), rng.integers(4, 13)
    functions = np.array_split(np.arange(checks), len(TOPICS))
    topics = tuple(
        _classmate_topic(topic, len(part), skill if at < reach else None, rng)
        for at, (topic, part) in enumerate(zip(TOPICS, functions, strict=True))
    )
    return Grade(f"student-{number:04d}", topics)


def _classmate_topic(
    topic: str, checks: int, skill: float | None, rng: np.random.Generator
) -> TopicGrade:
    if skill is None:
        return TopicGrade(topic, (not_attempted("all_of_it", 10.0),))
    part = 10.0 / checks
    results = [
        result(f"check {at}", score=part, max_score=part)
        if rng.random() < skill
        else failed(f"check {at}", max_score=part, mistake=_SENTENCES[rng.integers(0, 4)])
        for at in range(checks)
    ]
    if rng.random() < 0.001:
        results[0] = replace(results[0], status=Status.GRADER_ERROR, score=0.0, max_score=0.0)
    return TopicGrade(topic, (FunctionGrade("all_of_it", tuple(results)),))


def enormous() -> Grade:
    """All that a course of this size can fail with: long hostile texts and noisy heat maps."""
    noise = np.random.default_rng(0)
    text = "<&\"'\u202e\x07é漢" * 4_000
    topics = []
    for topic in TOPICS:
        picture = HeatMap(64, 64, noise.integers(0, 256, 4096, np.uint8).tobytes(), 1.0, text)
        found = Difference("value", text, text, (1, 2), text, text, 1.0, 9, 4096, picture)
        fields = {
            "message": text,
            "hint": text,
            "mistake": "",
            "staff": text,
            "difference": found,
            "traceback": (text,) * 100,
            "output": text,
        }
        checks = [
            failed(f"check {check}", f"case {case}", category=category, public=case < 3, **fields)
            for check in range(4)
            for case in range(4)
            for category in ("value", "shape", "nan")
        ]
        functions = [FunctionGrade(f"function_{at}", tuple(checks)) for at in range(4)]
        topics.append(TopicGrade(topic, tuple(functions), notes=(text,) * 30))
    return Grade("enormous", tuple(topics), notes=(text,) * 100)
