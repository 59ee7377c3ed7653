"""Let days pass, and answer reviews in tests."""

import random
from datetime import timedelta
from typing import Any

from django.db.models import F
from django.test import Client

from accounts.models import User
from courses import reviewing
from courses.models import Answer, Attempt, QuestionVersion, Review, ReviewAnswer, ReviewCard
from courses.serving import PoolQuestion, choose
from tests.courses.answering import right_or_wrong


def let_days_pass(days: float) -> None:
    """Move everything that happened into the past, as if so many days had gone by since."""
    by = timedelta(days=days)
    Answer.objects.update(created_at=F("created_at") - by)
    ReviewAnswer.objects.update(created_at=F("created_at") - by)
    Attempt.objects.update(started_at=F("started_at") - by, ended_at=F("ended_at") - by)
    ReviewCard.objects.update(last_at=F("last_at") - by, due_at=F("due_at") - by)


def asked_now(learner: User) -> Review:
    """Return the question that the learner is asked; there must be one."""
    review = reviewing.ask(learner)
    assert review is not None
    return review


def asked(learner: User, question: QuestionVersion) -> Review:
    """Ask a learner one question, whatever is due."""
    pool = [PoolQuestion(question.pk, question.question_id, question.kind, question.data)]
    (served,) = choose(pool, seen={}, count=1, rng=random.Random(4))
    pinned = {"options": list(served.options), "parameters": dict(served.parameters)}
    lesson = question.question.lesson_id
    return Review.objects.create(learner=learner, lesson_id=lesson, idea="any", question=question, **pinned)


def fields_for(review: Review, *, right: bool) -> dict[str, Any]:
    """Return the fields of the form that answers a review, rightly or wrongly."""
    return right_or_wrong(review.question, reviewing.served_in(review), right=right)


def answer(learner: User, review: Review, *, right: bool, key: str = "") -> reviewing.Reviewed:
    """Answer a review."""
    return reviewing.record(learner, review, fields=fields_for(review, right=right), key=key)


def post(client: Client, review: Review, *, right: bool, **headers: Any) -> Any:
    """Send an answer as a browser does."""
    return client.post(f"/review/{review.pk}/answer/", {"key": "k", **fields_for(review, right=right)}, **headers)


def state_of_cards() -> list[Any]:
    """Return everything that the cards say."""
    return list(
        ReviewCard.objects.order_by("learner", "lesson", "idea").values_list("learner", "idea", "due_at", "question")
    )
