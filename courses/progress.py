"""The one writer of how far learners come: attempts, answers, completions, and the grants that these open."""

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
from courses.asked import asked_before
from courses.grading import Verdict, grade
from courses.models import (
    Answer,
    Attempt,
    Completion,
    Enrolment,
    LessonVersion,
    QuestionVersion,
    ReleaseLesson,
    UnlockGrant,
)
from courses.outline import OutlineLesson
from courses.pacing import Challenged, CoolingDown, hours_to_challenge, minutes_to_wait
from courses.policy import require_answerable, require_challengeable, require_open
from courses.remembering import remember, shown_by_check
from courses.serving import PoolQuestion, Served, choose, read_given
from courses.unlocking import opened_by
from rings import ring_on_commit

KEY_LIMIT = 64
LONGEST_FIELD, MOST_CHOICES = 200, 50


class OutOfOrder(PermissionDenied):
    """An answer to a question that is not the next one of this attempt."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What came of an answer. `counted`: it is the first graded one of its question."""

    answer: Answer
    verdict: Verdict
    counted: bool
    opened: tuple[str, ...] = ()


def open_attempt(learner: User, lesson_id: str) -> Attempt | None:
    """Return the learner's unfinished attempt at a lesson's check, in whatever version it was begun."""
    attempts = Attempt.objects.filter(learner=learner, version__lesson_id=lesson_id, passed__isnull=True)
    return attempts.order_by("-started_at").first()


@transaction.atomic
def start_challenge(learner: User, lesson_id: str) -> Attempt:
    """Begin the check of a lesson that is still locked, or return the one that is begun; of an open one as usual.

    Raises LockedError when an instructor shut the lesson, Challenged or CoolingDown when it is too early.
    """
    _lock(learner)
    standing = require_challengeable(learner, lesson_id)
    if standing.is_open(lesson_id):
        return start_attempt(learner, lesson_id)
    unfinished = open_attempt(learner, lesson_id)
    if unfinished is not None:
        return unfinished
    hours = hours_to_challenge(learner, lesson_id)
    if hours:
        raise Challenged(hours)
    return _begin(learner, standing.outline.by_id[lesson_id], standing.outline.release, is_challenge=True)


@transaction.atomic
def start_attempt(learner: User, lesson_id: str) -> Attempt:
    """Begin a check, or return the one that is already begun: questions cannot be browsed by starting anew.

    Raises LockedError when the lesson is locked, CoolingDown when it is too early.
    """
    _lock(learner)
    standing = require_open(learner, lesson_id)
    unfinished = open_attempt(learner, lesson_id)
    if unfinished is not None:
        return unfinished
    minutes = minutes_to_wait(learner, lesson_id)
    if minutes:
        raise CoolingDown(minutes)
    return _begin(learner, standing.outline.by_id[lesson_id], standing.outline.release)


def _begin(learner: User, lesson: OutlineLesson, release: int, *, is_challenge: bool = False) -> Attempt:
    entry = ReleaseLesson.objects.select_related("version").get(release=release, version=lesson.version)
    pool = [
        PoolQuestion(row.pk, row.question_id, row.kind, row.data) for row in entry.questions.order_by("question_id")
    ]
    rule = entry.version.rule
    rng = random.Random(secrets.randbits(64))  # noqa: S311 - the seed is what must not be guessed
    served = choose(pool, seen=asked_before(learner, lesson.id), count=rule["served"], rng=rng)
    questions = [each.as_json() for each in served]
    attempt = Attempt.objects.create(
        learner=learner, version=entry.version, questions=questions, rule=rule, is_challenge=is_challenge
    )
    _ring(learner)
    return attempt


def keep_draft(attempt: Attempt, *, place: int, fields: Mapping[str, Sequence[str]]) -> None:
    """Keep what was typed or chosen and not sent, so that it is there again on the next visit. Grades nothing.

    Only the question whose turn it is has a draft: a tab that fell behind overwrites nothing.
    """
    if place != next_place(attempt, list(attempt.answers.all())):
        return
    kept = {name: [each[:LONGEST_FIELD] for each in fields[name][:MOST_CHOICES]] for name in fields if _is_answer(name)}
    attempt.draft = {"place": place, "fields": dict(list(kept.items())[:MOST_CHOICES])}
    attempt.save(update_fields=["draft"])


def draft_of(attempt: Attempt, place: int) -> Mapping[str, Sequence[str]]:
    """Return the form fields that were kept for the question at a place."""
    return dict(attempt.draft["fields"]) if attempt.draft.get("place") == place else {}


def _is_answer(name: str) -> bool:
    return name in ("choice", "text", "cell") or name.startswith("place-")


@transaction.atomic
def record_answer(
    learner: User, attempt: Attempt, *, place: int, fields: Mapping[str, Sequence[str]], key: str
) -> Recorded:
    """Grade and record one answer to the question at `place` (from 1) of an attempt.

    The first graded answer counts; later ones to the same question teach. The same `key` again returns what it
    returned before. Raises Slip (nothing recorded), OutOfOrder, LockedError, Attempt.DoesNotExist for someone else's.
    """
    # The lesson's version is joined but not locked: a whole class may be answering it.
    attempts = Attempt.objects.select_for_update(of=("self",)).select_related("version")
    attempt = attempts.get(pk=attempt.pk, learner=learner)
    key = key[:KEY_LIMIT] or secrets.token_urlsafe(12)
    require_answerable(learner, attempt)
    if not 1 <= place <= len(attempt.questions):
        raise OutOfOrder(_("This attempt has no such question."))
    served = Served.from_json(attempt.questions[place - 1])
    question = QuestionVersion.objects.get(pk=served.version)
    answers = list(attempt.answers.order_by("pk"))
    repeated = next((answer for answer in answers if answer.idempotency_key == key), None)
    if repeated is not None:
        return _again(repeated, question, served)
    if place > next_place(attempt, answers):
        raise OutOfOrder(_("Answer the questions one after another; this one's turn has not come."))
    return _record(attempt, answers, question, served, fields, key)


def next_place(attempt: Attempt, answers: Sequence[Answer]) -> int:
    """Return the place of the first question without an answer; one past the last when all are answered."""
    answered = {answer.question_id for answer in answers}
    places = (place for place, each in enumerate(attempt.questions, 1) if each["version"] not in answered)
    return next(places, len(attempt.questions) + 1)


def _record(
    attempt: Attempt,
    answers: Sequence[Answer],
    question: QuestionVersion,
    served: Served,
    fields: Mapping[str, Sequence[str]],
    key: str,
) -> Recorded:
    given = read_given(question.kind, served, fields)
    verdict = grade(question.kind, question.data, given, parameters=served.parameters)
    seq = sum(answer.question_id == question.pk for answer in answers) + 1
    answer = Answer.objects.create(
        attempt=attempt,
        question=question,
        seq=seq,
        idempotency_key=key,
        given=given,
        is_right=verdict.is_right,
        tag=verdict.tag,
    )
    remember(shown_by_check(answer))
    opened = _count(attempt, [*answers, answer]) if seq == 1 else ()
    return Recorded(answer, verdict, counted=seq == 1, opened=opened)


def _again(answer: Answer, question: QuestionVersion, served: Served) -> Recorded:
    """Return what an answer that was sent twice was told the first time."""
    if answer.question_id != question.pk:
        raise OutOfOrder(_("This answer was already given to another question."))
    verdict = grade(question.kind, question.data, answer.given, parameters=served.parameters)
    return Recorded(answer, verdict, counted=answer.seq == 1)


def _count(attempt: Attempt, answers: Sequence[Answer]) -> tuple[str, ...]:
    """Bring the attempt's score up to date; the answer to its last question ends it. Returns the lessons opened."""
    first = [answer for answer in answers if answer.seq == 1]
    attempt.score = sum(answer.is_right for answer in first)
    ended = len(first) == len(attempt.questions)
    if ended:
        attempt.passed = attempt.score >= attempt.rule["to_pass"]
        attempt.ended_at = timezone.now()
    attempt.save(update_fields=["score", "passed", "ended_at"])
    _ring(attempt.learner)
    return _complete(attempt) if ended and attempt.passed else ()


def _complete(attempt: Attempt) -> tuple[str, ...]:
    """Complete the lesson and write the grants that this opens. Returns the ids of the lessons opened."""
    learner, lesson_id = attempt.learner, attempt.version.lesson_id
    standing = require_answerable(learner, attempt)
    _completion, is_new = Completion.objects.get_or_create(
        learner=learner, lesson_id=lesson_id, defaults={"version": attempt.version}
    )
    if not is_new:
        # Passing again after the text was changed brings the completion up to date.
        older = Completion.objects.filter(learner=learner, lesson=lesson_id, version__number__lt=attempt.version.number)
        older.update(version=attempt.version)
        return ()
    opened = opened_by(standing.outline.nodes, standing.record, lesson_id)
    UnlockGrant.objects.bulk_create(
        UnlockGrant(learner=learner, lesson_id=lesson, reason="completion") for lesson in opened
    )
    return tuple(opened)


def _lock(learner: User) -> None:
    """Let one request of this learner through at a time, so that two clicks begin one attempt."""
    User.objects.select_for_update().get(pk=learner.pk)


def _ring(learner: User) -> None:
    """Ring every class that this learner belongs to, once the rows are there."""
    cohorts = Enrolment.objects.filter(learner=learner, left_at__isnull=True).values_list("cohort_id", flat=True)
    for cohort in cohorts:
        ring_on_commit(f"cohort:{cohort}")


def completed_at(learner: User, lesson_id: str) -> datetime | None:
    """Return when someone completed a lesson; None when they have not."""
    found = Completion.objects.filter(learner=learner, lesson_id=lesson_id)
    return found.values_list("completed_at", flat=True).first()


def rule_of(lesson: OutlineLesson) -> dict[str, int]:
    """Return how many questions a check asks and how many must be right."""
    return dict(LessonVersion.objects.values_list("rule", flat=True).get(pk=lesson.version))
