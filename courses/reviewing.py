"""The one writer of the spaced review: which question asks for an idea again, and what its answer says."""

import random
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from courses.asked import asked_before, waiting
from courses.grading import Verdict, grade
from courses.ideas import askable
from courses.models import QuestionVersion, ReleaseLesson, Review, ReviewAnswer, ReviewCard
from courses.policy import require_unlocked
from courses.remembering import remember, shown_by_review
from courses.serving import PoolQuestion, Served, choose, read_given
from courses.spacing import AHEAD
from courses.standing import Standing, standing_of
from courses.unlocking import State

KEY_LIMIT = 64


class WaitsInCheck(PermissionDenied):
    """The question stands unanswered in a knowledge check; its feedback here would give it away there."""

    def __init__(self) -> None:
        super().__init__(_("This question waits for you in a knowledge check. Finish that check first."))


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What came of an answer. `counted`: it is the first one to its question."""

    answer: ReviewAnswer
    verdict: Verdict
    counted: bool


def due_by(now: datetime | None = None) -> datetime:
    """Return until when a card counts as due now."""
    return (now or timezone.now()) + AHEAD


@transaction.atomic
def ask(learner: User) -> Review | None:
    """Return the question to be answered now: one that was asked and not answered, else for the card longest due.

    None: nothing is due, or all that is due waits in a check that is begun.
    """
    User.objects.select_for_update().get(pk=learner.pk)  # two clicks ask one question
    standing = standing_of(learner)
    cards = ReviewCard.objects.filter(learner=learner).due(by=due_by()).askable()
    due = {(card.lesson_id, card.idea): card for card in cards if standing.is_open(card.lesson_id)}
    blocked = {lesson: waiting(learner, lesson) for lesson, _idea in due}
    unanswered = Review.objects.filter(learner=learner, answers__isnull=True).select_related("question")
    for review in unanswered.order_by("-asked_at"):
        if (review.lesson_id, review.idea) in due and review.question.question_id not in blocked[review.lesson_id]:
            return review
    asked = (_ask(learner, card, standing, blocked[card.lesson_id]) for card in due.values())
    return next((review for review in asked if review is not None), None)


def _ask(learner: User, card: ReviewCard, standing: Standing, blocked: frozenset[str]) -> Review | None:
    """Ask for one card's idea; None when every question about it waits in a check."""
    pool, seen = _pool(card, standing), asked_before(learner, card.lesson_id)
    fitting = askable(
        pool,
        idea=card.idea,
        missed=card.question_id,
        seen=frozenset(seen),
        waiting=blocked,
        is_done=standing.states[card.lesson_id] is State.DONE,
    )
    if not fitting and card.question_id not in blocked:
        # No question of the present edition is about it any more: the one that was missed is still there.
        fitting = [_as_pool(QuestionVersion.objects.filter(question=card.question_id).latest("number"))]
    if not fitting:
        return None
    rng = random.Random(secrets.randbits(64))  # noqa: S311 - the seed is what must not be guessed
    (served,) = choose(fitting, seen=seen, count=1, rng=rng)
    pinned = {"options": list(served.options), "parameters": dict(served.parameters)}
    return Review.objects.create(
        learner=learner, lesson_id=card.lesson_id, idea=card.idea, question_id=served.version, **pinned
    )


def _pool(card: ReviewCard, standing: Standing) -> list[PoolQuestion]:
    version = standing.outline.by_id[card.lesson_id].version
    entry = ReleaseLesson.objects.get(release=standing.outline.release, version=version)
    return [_as_pool(row) for row in entry.questions.order_by("question_id")]


def _as_pool(row: QuestionVersion) -> PoolQuestion:
    return PoolQuestion(row.pk, row.question_id, row.kind, row.data)


def served_in(review: Review) -> Served:
    """Return what a review asked, as it was shown."""
    return Served(review.question_id, tuple(review.options), dict(review.parameters))


@transaction.atomic
def record(learner: User, review: Review, *, fields: Mapping[str, Sequence[str]], key: str) -> Reviewed:
    """Grade and record one answer, and move its card. The same `key` again returns what it returned before.

    Raises Slip (nothing recorded), WaitsInCheck, LockedError, Review.DoesNotExist for someone else's.
    """
    review = (
        Review.objects.select_for_update(of=("self",)).select_related("question").get(pk=review.pk, learner=learner)
    )
    require_unlocked(learner, review.lesson_id)
    key = key[:KEY_LIMIT] or secrets.token_urlsafe(12)
    answers = list(review.answers.order_by("seq"))
    repeated = next((answer for answer in answers if answer.idempotency_key == key), None)
    if repeated is not None:
        return Reviewed(repeated, verdict_on(repeated, review), counted=repeated.seq == 1)
    if not answers and review.question.question_id in waiting(learner, review.lesson_id):
        raise WaitsInCheck
    return _record(review, len(answers) + 1, fields, key)


def _record(review: Review, seq: int, fields: Mapping[str, Sequence[str]], key: str) -> Reviewed:
    question, served = review.question, served_in(review)
    given = read_given(question.kind, served, fields)
    verdict = grade(question.kind, question.data, given, parameters=served.parameters)
    told = {"is_right": verdict.is_right, "tag": verdict.tag}
    answer = ReviewAnswer.objects.create(review=review, seq=seq, idempotency_key=key, given=given, **told)
    remember(shown_by_review(answer))
    return Reviewed(answer, verdict, counted=seq == 1)


def verdict_on(answer: ReviewAnswer, review: Review) -> Verdict:
    """Return the verdict on a recorded answer: grading is pure, so it says again what it said then."""
    return grade(review.question.kind, review.question.data, answer.given, parameters=review.parameters)
