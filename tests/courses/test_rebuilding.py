"""Scores and completions can be computed again from the answers alone."""

import pytest
from django.core.management import call_command
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from courses import progress
from courses.models import Attempt, Completion, ReviewCard
from courses.rebuilding import rebuild_scores
from tests.courses.answering import form_for, take
from tests.courses.reviewing import state_of_cards

pytestmark = pytest.mark.usefixtures("release")


def test_what_was_recorded_needs_no_correction(learner: User, other: User) -> None:
    take(learner, "first", right=5)
    take(other, "first", right=3)
    attempt = progress.start_attempt(other, "first")
    progress.record_answer(other, attempt, place=1, fields=form_for(attempt, 1, right=True), key="k")
    assert rebuild_scores() == 0


def test_lost_projections_come_back(learner: User, capsys: pytest.CaptureFixture[str]) -> None:
    before = take(learner, "first", right=5)
    Completion.objects.all().delete()
    Attempt.objects.update(score=0, passed=None, ended_at=None)
    call_command("rebuild_scores")
    attempt = Attempt.objects.get()
    assert (attempt.score, attempt.passed, attempt.version_id) == (5, True, before.version_id)
    assert Completion.objects.get().learner == learner
    assert "1 attempts differed" in capsys.readouterr().out


def test_a_forged_pass_is_taken_back_but_nothing_completed_is(learner: User) -> None:
    take(learner, "first", right=5)
    Attempt.objects.update(score=6)
    rebuild_scores()
    assert Attempt.objects.get().score == 5
    assert Completion.objects.exists()


def test_what_was_missed_before_there_was_a_review_comes_back_after_the_upgrade(
    learner: User, other: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    take(learner, "first", right=2)
    take(other, "first", right=3)
    before = state_of_cards()
    ReviewCard.objects.filter(learner=learner).delete()
    call_command("rebuild_scores", missing_cards=True)
    assert state_of_cards() == before
    with django_assert_num_queries(1):
        call_command("rebuild_scores", missing_cards=True)
