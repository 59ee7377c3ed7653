"""Being spared a lesson: its check taken while it is locked, what that opens and records, and what it does not."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from courses import pacing, progress
from courses.models import Answer, Attempt, Completion, UnlockGrant
from courses.policy import LockedError, lesson_is_open
from tests.courses.answering import form_for, post_answer

pytestmark = pytest.mark.usefixtures("release")


def challenge(learner: User, lesson: str, *, right: int = 6) -> Attempt:
    """Take a whole challenge with so many right answers."""
    attempt = progress.start_challenge(learner, lesson)
    for place in range(1, len(attempt.questions) + 1):
        fields = form_for(attempt, place, right=place <= right)
        progress.record_answer(learner, attempt, place=place, fields=fields, key=f"{attempt.pk}-{place}")
    attempt.refresh_from_db()
    return attempt


def test_a_passed_challenge_completes_that_lesson_alone_and_opens_what_follows(learner: User) -> None:
    assert challenge(learner, "second").passed
    assert list(Completion.objects.values_list("lesson_id", flat=True)) == ["second"]
    assert list(UnlockGrant.objects.values_list("lesson_id", "reason")) == [("third", "completion")]
    assert lesson_is_open(learner, "second")
    assert lesson_is_open(learner, "third")
    assert Attempt.objects.get().is_challenge


def test_a_challenge_of_the_last_lesson_does_not_open_the_one_between(learner: User) -> None:
    challenge(learner, "third")
    assert not lesson_is_open(learner, "second")


def test_a_failed_challenge_opens_and_completes_nothing(learner: User) -> None:
    assert challenge(learner, "second", right=4).passed is False
    assert not Completion.objects.exists()
    assert not UnlockGrant.objects.exists()
    assert not lesson_is_open(learner, "second")


def test_a_failed_challenge_waits_a_day_and_a_usual_check_does_not_wait_for_it(learner: User) -> None:
    challenge(learner, "second", right=0)
    assert pacing.hours_to_challenge(learner, "second") == pacing.CHALLENGE_HOURS
    with pytest.raises(pacing.Challenged, match="again in 24 h"):
        progress.start_challenge(learner, "second")
    Completion.objects.create(learner=learner, lesson_id="first", version=Attempt.objects.get().version)
    assert not progress.start_attempt(learner, "second").is_challenge
    Attempt.objects.filter(passed=None).delete()
    Completion.objects.all().delete()
    Attempt.objects.update(ended_at=timezone.now() - timedelta(hours=24))
    assert progress.start_challenge(learner, "second").is_challenge


def test_a_usual_failure_does_not_forbid_a_challenge_elsewhere(learner: User) -> None:
    challenge(learner, "second", right=0)
    assert progress.start_challenge(learner, "third").is_challenge


def test_beginning_a_challenge_again_returns_the_one_begun(learner: User) -> None:
    assert progress.start_challenge(learner, "second").pk == progress.start_challenge(learner, "second").pk


def test_an_open_lesson_has_its_usual_check(learner: User, client: Client) -> None:
    assert not progress.start_challenge(learner, "first").is_challenge
    assert client.get("/lessons/first/challenge/")["Location"] == "/lessons/first/check/"


def test_a_challenge_that_is_begun_goes_on_when_the_lesson_opens(learner: User) -> None:
    begun = progress.start_challenge(learner, "second")
    UnlockGrant.objects.create(learner=learner, lesson_id="second", reason="instructor")
    assert progress.start_attempt(learner, "second").pk == begun.pk


def test_f23_a_lesson_that_an_instructor_shut_cannot_be_challenged(learner: User, browser: Client) -> None:
    begun = progress.start_challenge(learner, "second")
    UnlockGrant.objects.create(learner=learner, lesson_id="second", is_open=False, reason="instructor")
    with pytest.raises(LockedError):
        progress.start_challenge(learner, "second")
    with pytest.raises(LockedError):
        progress.record_answer(learner, begun, place=1, fields=form_for(begun, 1, right=True), key="k")
    for response in (browser.get("/lessons/second/challenge/"), browser.post("/lessons/second/challenge/")):
        assert response.status_code == 403
    assert post_answer(browser, begun, 1).status_code == 403
    assert not Answer.objects.exists()


def test_f23_a_challenge_opens_neither_the_text_nor_the_usual_check(browser: Client) -> None:
    browser.post("/lessons/second/challenge/")
    assert browser.get("/lessons/second/").status_code == 403
    assert browser.get("/lessons/second/check/").status_code == 403
    assert browser.get("/api/v1/lessons/second").status_code == 403


def page_of(client: Client, path: str) -> str:
    return client.get(path, follow=True).content.decode()


def test_the_locked_page_leads_to_the_challenge_which_says_what_it_does(browser: Client) -> None:
    assert 'href="/lessons/second/challenge/"' in page_of(browser, "/lessons/second/")
    page = page_of(browser, "/lessons/second/challenge/")
    assert "With 5 right you pass" in page
    assert "no longer stands before “Third”" in page.replace("\n", " ")
    assert not Attempt.objects.exists()


def test_a_failed_challenge_says_when_it_may_be_repeated_and_leads_to_the_usual_way(browser: Client) -> None:
    response: Any = browser.post("/lessons/second/challenge/")
    attempt = Attempt.objects.get()
    assert response["Location"] == f"/lessons/second/check/{attempt.pk}/1/"
    for place in range(1, 7):
        post_answer(browser, attempt, place, right=False)
    page = page_of(browser, f"/lessons/second/check/{attempt.pk}/")
    assert "You may try this again in 24 h" in page
    assert "What leads to this lesson" in page
    assert "Try again<" not in page
    assert "You may try again in 24 h." in page_of(browser, "/lessons/second/challenge/")


def test_a_script_may_challenge_too(browser: Client) -> None:
    response = browser.post("/api/v1/lessons/second/challenge")
    assert response.status_code == 201
    assert response.json()["of"] == 6
    assert browser.get(f"/api/v1/lessons/second/attempts/{response.json()['id']}").status_code == 200
