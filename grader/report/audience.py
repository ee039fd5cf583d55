"""What a student may see of a grade.

In: a Grade, which says everything. Out: the same Grade without what is for staff. All reports for
students are made of what ``student_view`` returns, so that nothing else has to remember what is
hidden: it is not there.
"""

from __future__ import annotations

from dataclasses import replace

from grader.model import CheckResult, FunctionGrade, Grade, TopicGrade
from grader.report.recurring import FUNCTIONS, OfTheSame, is_small_function


def student_view(grade: Grade) -> Grade:
    """The grade without staff texts, the seed, and all that hidden cases could give away.

    Of a hidden case remain the check's name, its verdict, points and category, and the sentences
    written for students. Its name becomes a number; its difference, heat map, traceback and
    output go: code under test can print or raise its inputs, so these would tell them.
    """
    return replace(grade, seed="", topics=tuple(_topic(topic) for topic in grade.topics))


def _topic(topic: TopicGrade) -> TopicGrade:
    return replace(
        topic,
        layers=(),
        staff_notes=(),
        functions=tuple(map(_kept, topic.functions)),
    )


def _function(function: FunctionGrade) -> FunctionGrade:
    hidden = dict.fromkeys(result.case for result in function.checks if not result.public)
    names = {case: f"hidden case {position}" for position, case in enumerate(hidden, 1)}
    return replace(function, checks=tuple(_result(each, names) for each in function.checks))


# Once for equal behaviour: what is drawn of it is drawn once then.
_kept = OfTheSame(_function, FUNCTIONS, is_small_function)


def _result(result: CheckResult, names: dict[str, str]) -> CheckResult:
    if result.public:
        return replace(result, staff="")
    return replace(
        result, case=names[result.case], staff="", difference=None, traceback=(), output=""
    )
