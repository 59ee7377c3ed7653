"""Reported mistakes: the place travels along, a question is named by those who were asked it, and there is a limit."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from courses import progress
from courses.models import LessonVersion, MistakeReport
from courses.plain_text import block_of
from courses.policy import LockedError
from courses.publishing.storing import store
from courses.reporting import A_DAY, TEXT_CHARACTERS, decide, may_decide, report
from tests.courses.answering import take
from tests.courses.course_folder import SENTINEL, read, replace
from tests.courses.reviewing import asked_now, let_days_pass

pytestmark = pytest.mark.usefixtures("release")
REPORT = "/lessons/first/report/"


def first_block() -> str:
    html = LessonVersion.objects.get(lesson="first", number=1).body_html
    return str(re.findall(r'id="(b-[0-9a-f]{8})"', html)[0])


def sent(client: Client, query: str = "", text: str = "The number is wrong.", **more: Any) -> Any:
    return client.post(f"{REPORT}{query}", {"text": text, **more})


def sent_from(client: Client, address: str) -> Any:
    return client.post(REPORT, {"text": "The number is wrong."}, REMOTE_ADDR=address)


def test_every_block_of_a_lesson_has_an_address(client: Client) -> None:
    html = LessonVersion.objects.get(lesson="first", number=1).body_html
    named = re.findall(r'<(\w+)(?: class="([^"]*)")? id="b-[0-9a-f]{8}(?:-\d)?"', html)
    assert {tag for tag, _ in named} >= {"p", "figure", "div"}
    assert {kind for _, kind in named} >= {"", "figure widget", "formula", "table-scroll"}


def test_a_report_takes_its_block_and_version_along(browser: Client, learner: User, folder: Path) -> None:
    anchor = first_block()
    replace(folder / "lessons" / "01-first.md", "A picture of", "An image of")
    store(read(folder))
    page = browser.get(f"{REPORT}?version=1&at={anchor}").content.decode()
    assert "A picture of 224 columns holds" in page
    response = sent(browser, f"?version=1&at={anchor}")
    assert response["Location"] == f"/lessons/first/#{anchor}"
    report = MistakeReport.objects.get()
    assert (report.reporter, report.version.number, report.anchor, report.state) == (learner, 1, anchor, "new")
    assert block_of(report.version.body_html, report.anchor).startswith("A picture of")


def test_a_place_that_is_not_there_is_the_lesson_as_a_whole(browser: Client) -> None:
    assert "In this lesson as a whole" in browser.get(f"{REPORT}?version=99&at=nothing").content.decode()
    sent(browser, "?version=x&at=%22%3E%3Cscript%3E")
    assert MistakeReport.objects.get().anchor == ""


def test_a_question_of_ones_check_can_be_reported_without_showing_it_again(browser: Client, learner: User) -> None:
    attempt = progress.start_attempt(learner, "first")
    page = browser.get(f"{REPORT}?check={attempt.pk}&place=1").content.decode()
    assert "In the question that you were asked." in page
    assert SENTINEL not in page
    sent(browser, f"?check={attempt.pk}&place=1")
    assert MistakeReport.objects.get().question_id == attempt.questions[0]["version"]


@pytest.mark.parametrize("place", ["0", "2", "99", "x", ""])
def test_f24_a_question_that_was_not_asked_yet_cannot_be_named(browser: Client, learner: User, place: str) -> None:
    attempt = progress.start_attempt(learner, "first")
    assert browser.get(f"{REPORT}?check={attempt.pk}&place={place}").status_code == 404


def test_f22_someone_elses_check_and_review_cannot_be_named(browser: Client, other: User, client: Client) -> None:
    attempt = take(other, "first", right=0)
    let_days_pass(1)
    review = asked_now(other)
    for query in (f"?check={attempt.pk}&place=1", f"?review={review.pk}", "?check=x&place=1", "?review=1"):
        assert browser.get(f"{REPORT}{query}").status_code == 404
    client.logout()
    assert client.get(f"{REPORT}?check={attempt.pk}&place=1").status_code == 404


def test_a_question_is_named_under_its_own_lesson_alone(browser: Client, learner: User) -> None:
    attempt = take(learner, "first", right=5)
    let_days_pass(1)
    review = asked_now(learner)
    assert browser.get("/lessons/second/").status_code == 200
    for query in (f"?check={attempt.pk}&place=1", f"?review={review.pk}"):
        assert browser.get(f"/lessons/second/report/{query}").status_code == 404
        assert browser.get(f"{REPORT}{query}").status_code == 200


def test_f23_of_a_locked_lesson_nothing_is_quoted_and_nothing_reported(browser: Client, learner: User) -> None:
    html = LessonVersion.objects.get(lesson="second").body_html
    anchor = re.findall(r'id="(b-[0-9a-f]{8})"', html)[0]
    page = browser.get(f"/lessons/second/report/?version=1&at={anchor}")
    assert page.status_code == 403
    assert "A picture of" not in page.content.decode()
    assert browser.post("/lessons/second/report/", {"text": "wrong"}).status_code == 403
    with pytest.raises(LockedError):
        report(learner, LessonVersion.objects.get(lesson="second"), text="wrong")
    assert not MistakeReport.objects.exists()


def test_visitors_behind_one_address_report_so_many_an_hour(client: Client, settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"report": "2/h/ip"}
    statuses = []
    for _ in range(3):
        client.cookies.clear()
        statuses.append(sent_from(client, "192.0.2.77").status_code)
    assert statuses == [302, 302, 429]
    assert MistakeReport.objects.count() == 2


def test_a_question_of_ones_review_can_be_reported(browser: Client, learner: User) -> None:
    take(learner, "first", right=0)
    let_days_pass(1)
    review = asked_now(learner)
    sent(browser, f"?review={review.pk}")
    assert MistakeReport.objects.get().question == review.question


def test_every_question_and_lesson_leads_to_its_report(browser: Client, learner: User) -> None:
    assert f'{REPORT}?version=1"' in browser.get("/lessons/first/").content.decode()
    attempt = progress.start_attempt(learner, "first")
    page = browser.get(f"/lessons/first/check/{attempt.pk}/1/").content.decode()
    assert f"{REPORT}?check={attempt.pk}&amp;place=1" in page


@pytest.mark.parametrize(("text", "said"), [("  ", "Say in a sentence"), ("x" * (TEXT_CHARACTERS + 1), "at most 2000")])
def test_what_says_nothing_or_too_much_is_refused_and_kept_in_the_field(browser: Client, text: str, said: str) -> None:
    response = sent(browser, text=text)
    assert response.status_code == 422
    assert said in response.content.decode()
    assert not MistakeReport.objects.exists()


def test_a_person_may_report_so_many_a_day(browser: Client) -> None:
    for _ in range(A_DAY):
        assert sent(browser).status_code == 302
    response = sent(browser)
    assert response.status_code == 429
    assert "please go on tomorrow" in response.content.decode()
    assert MistakeReport.objects.count() == A_DAY


def test_f26_extra_fields_change_nothing(browser: Client, learner: User, other: User) -> None:
    sent(browser, state="fixed", reporter=str(other.pk), decided_by=str(other.pk), question="1", version="1")
    report = MistakeReport.objects.get()
    assert (report.reporter, report.state, report.decided_by, report.question) == (learner, "new", None, None)


def test_f27_a_report_needs_a_token(learner: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(learner)
    assert sent(strict).status_code == 403


def test_a_visitor_who_reports_becomes_a_guest(client: Client) -> None:
    assert sent(client).status_code == 302
    assert MistakeReport.objects.get().reporter.is_guest


@pytest.mark.parametrize(("role", "may"), [(None, False), ("instructor", True), ("author", True), ("operator", True)])
def test_who_teaches_or_writes_decides(learner: User, role: str | None, may: bool) -> None:
    if role:
        learner.role_grants.create(role=role)
    assert may_decide(learner) is may


def test_a_decision_is_kept_with_who_took_it(browser: Client, other: User) -> None:
    sent(browser)
    report = MistakeReport.objects.get()
    assert not decide(report.pk, state="invented", by=other)
    assert not decide(report.pk + 1, state="fixed", by=other)
    assert decide(report.pk, state="fixed", by=other)
    report.refresh_from_db()
    assert (report.state, report.decided_by) == ("fixed", other)
    assert report.decided_at is not None
