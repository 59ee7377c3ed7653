"""What courses keeps about a person: exported, erased with the account, handed over when a guest signs in."""

from typing import Any

from accounts.models import User
from accounts.personal_data import Kept
from courses.merging import merged
from courses.models import (
    Answer,
    Attempt,
    Bookmark,
    Completion,
    CompletionRecord,
    Enrolment,
    MistakeReport,
    Review,
    ReviewAnswer,
    ReviewCard,
    UnlockGrant,
)
from courses.remembering import rebuild_cards

KEEPS = (
    Kept(
        "Knowledge checks and reviews with your answers, the lessons you completed, your classes",
        "until you erase your account",
    ),
    Kept("Completion records that you asked for, readable for whoever has their address", "until you withdraw them"),
    Kept(
        "Where you were in each lesson, and your notes there, which nobody else reads", "until you erase your account"
    ),
    Kept("Mistakes that you reported, with your name", "until you erase your account"),
)


def export(user: User) -> dict[str, Any]:
    """Return everything that courses knows about a person."""
    attempts = Attempt.objects.filter(learner=user).order_by("started_at")
    answers = Answer.objects.filter(attempt__learner=user).order_by("pk")
    enrolments = Enrolment.objects.filter(learner=user).order_by("joined_at")
    return {
        "classes": list(enrolments.values("cohort__name", "joined_at", "left_at")),
        "completed": list(
            Completion.objects.filter(learner=user).values("lesson_id", "version__number", "completed_at")
        ),
        "opened": list(UnlockGrant.objects.filter(learner=user).values("lesson_id", "is_open", "reason", "created_at")),
        "attempts": list(
            attempts.values(
                "id", "version__lesson_id", "started_at", "ended_at", "score", "passed", "rule", "is_challenge", "draft"
            )
        ),
        "records": list(
            CompletionRecord.objects.filter(learner=user).values("id", "name", "course", "lessons", "issued_at")
        ),
        "answers": list(
            answers.values("attempt_id", "question__question_id", "seq", "given", "is_right", "tag", "created_at")
        ),
        **_reviews(user),
        **_marks(user),
    }


def _reviews(user: User) -> dict[str, Any]:
    answers = ReviewAnswer.objects.filter(review__learner=user).order_by("pk")
    cards = ReviewCard.objects.filter(learner=user).order_by("pk")
    return {
        "review_answers": list(
            answers.values(
                "review_id", "review__question__question_id", "seq", "given", "is_right", "tag", "created_at"
            )
        ),
        "comes_back": list(cards.values("lesson_id", "idea", "last_at", "due_at")),
    }


def _marks(user: User) -> dict[str, Any]:
    bookmarks = Bookmark.objects.filter(learner=user).order_by("lesson")
    reports = MistakeReport.objects.filter(reporter=user).order_by("pk")
    return {
        "notes_and_places": list(bookmarks.values("lesson_id", "anchor", "at", "note", "noted_at")),
        "reported_mistakes": list(
            reports.values("version__lesson_id", "version__number", "anchor", "text", "state", "reported_at")
        ),
    }


def erase(user: User) -> None:
    """Leave it to the row: everything that courses keeps goes with it."""


def merge(guest: User, *, into: User) -> None:
    """Hand a guest's classes, attempts, reviews, grants, completions, notes and reports over.

    What both completed keeps the earlier date; what comes back, and when, follows from the answers of both.
    """
    enrolled = Enrolment.objects.filter(learner=guest)
    enrolled.exclude(cohort__in=into.enrolments.values("cohort")).update(learner=into)
    # In a class that both know, whoever is in it now is in it afterwards.
    into.enrolments.filter(cohort__in=enrolled.filter(left_at=None).values("cohort")).update(left_at=None)
    Attempt.objects.filter(learner=guest).update(learner=into)
    UnlockGrant.objects.filter(learner=guest).update(learner=into)
    CompletionRecord.objects.filter(learner=guest).update(learner=into)
    Review.objects.filter(learner=guest).update(learner=into)
    rebuild_cards(learner=into.pk)
    MistakeReport.objects.filter(reporter=guest).update(reporter=into)
    _merge_bookmarks(guest, into=into)
    done = {completion.lesson_id: completion for completion in Completion.objects.filter(learner=into)}
    for completion in Completion.objects.filter(learner=guest):
        _merge_completion(completion, done.get(completion.lesson_id), into=into)


def _merge_bookmarks(guest: User, *, into: User) -> None:
    """Hand over places and notes; where both have one, the later place holds and both notes are kept."""
    theirs = {bookmark.lesson_id: bookmark for bookmark in Bookmark.objects.filter(learner=into)}
    for bookmark in Bookmark.objects.filter(learner=guest):
        other = theirs.get(bookmark.lesson_id)
        if other is None:
            Bookmark.objects.filter(pk=bookmark.pk).update(learner=into)
            continue
        if bookmark.at is not None and (other.at is None or other.at < bookmark.at):
            other.anchor, other.at = bookmark.anchor, bookmark.at
        other.note = merged(base="", mine=bookmark.note, theirs=other.note)
        other.noted_at = max((each for each in (bookmark.noted_at, other.noted_at) if each is not None), default=None)
        other.save()


def _merge_completion(completion: Completion, older: Completion | None, *, into: User) -> None:
    if older is None:
        Completion.objects.filter(pk=completion.pk).update(learner=into)
    elif completion.completed_at < older.completed_at:
        Completion.objects.filter(pk=older.pk).update(completed_at=completion.completed_at)
