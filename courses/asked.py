"""What one learner was asked before in a lesson, in its check and in the review."""

from collections.abc import Mapping
from typing import Any

from accounts.models import User
from courses.models import Attempt, QuestionVersion, Review
from courses.serving import Served

Draws = dict[str, list[Mapping[str, Any]]]


def asked_before(learner: User, lesson_id: str) -> Draws:
    """Return, by question id, the parameters of each time this learner was served it."""
    served = [
        each
        for questions in Attempt.objects.filter(learner=learner, version__lesson_id=lesson_id).values_list(
            "questions", flat=True
        )
        for each in questions
    ]
    ids = dict(
        QuestionVersion.objects.filter(pk__in={each["version"] for each in served}).values_list("pk", "question_id")
    )
    asked: Draws = {}
    for each in served:
        if each["version"] in ids:
            asked.setdefault(ids[each["version"]], []).append(each["parameters"])
    reviews = Review.objects.filter(learner=learner, lesson=lesson_id)
    for question, parameters in reviews.values_list("question__question_id", "parameters"):
        asked.setdefault(question, []).append(parameters)
    return asked


def waiting(learner: User, lesson_id: str) -> frozenset[str]:
    """Return the questions that wait for an answer in a check of this lesson that is begun."""
    found: set[str] = set()
    for attempt in Attempt.objects.filter(learner=learner, version__lesson_id=lesson_id, passed__isnull=True):
        answered = set(attempt.answers.values_list("question_id", flat=True))
        left = [Served.from_json(each).version for each in attempt.questions]
        open_ones = [version for version in left if version not in answered]
        found.update(QuestionVersion.objects.filter(pk__in=open_ones).values_list("question_id", flat=True))
    return frozenset(found)
