"""Completion records: what they say, that they stay as they were, who may read and withdraw them."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from accounts import personal_data
from accounts.models import User
from courses import attesting, progress
from courses.models import CompletionRecord, Course
from courses.publishing.storing import store
from tests.courses.answering import form_for, take
from tests.courses.course_folder import read, replace

pytestmark = pytest.mark.usefixtures("release")


def page_of(client: Client, path: str) -> str:
    return re.sub(r"\s+", " ", client.get(path).content.decode())


def test_a_record_says_what_was_completed_when_and_how_well(browser: Client, learner: User, client: Client) -> None:
    take(learner, "first", right=4)
    take(learner, "first", right=5)
    take(learner, "first", right=6)
    attempt = progress.start_challenge(learner, "third")
    for place in range(1, 7):
        fields = form_for(attempt, place, right=True)
        progress.record_answer(learner, attempt, place=place, fields=fields, key=str(place))
    response: Any = browser.post("/me/record/")
    record = CompletionRecord.objects.get()
    assert response["Location"] == f"/records/{record.pk}/"
    page = page_of(Client(), f"/records/{record.pk}/")
    assert "has completed 2 of 3 lessons of “A small course”" in page
    assert re.search(r"First</th><td>Seeing</td><td[^>]*>\d+ \w+ \d{4}</td><td[^>]*>5 of 6<", page)
    assert "(tested without the lesson)" in page
    assert str(record.pk) in page
    assert "learner@" not in page


def test_a_record_stays_as_it_was_issued(learner: User, client: Client, folder: Path) -> None:
    take(learner, "first")
    record = attesting.issue(learner)
    before = page_of(client, f"/records/{record.pk}/")
    take(learner, "second")
    replace(folder / "lessons" / "01-first.md", "title: First", "title: Something else")
    store(read(folder))
    User.objects.filter(pk=learner.pk).update(name="Another name")
    assert page_of(client, f"/records/{record.pk}/") == before


def test_the_same_is_issued_once_and_more_is_issued_anew(learner: User) -> None:
    take(learner, "first")
    first = attesting.issue(learner)
    assert attesting.issue(learner) == first
    take(learner, "second")
    assert attesting.issue(learner) != first


def test_a_lesson_taken_out_of_the_course_stays_in_the_record(learner: User, folder: Path) -> None:
    for lesson in ("first", "second", "third"):
        take(learner, lesson)
    (folder / "lessons" / "03-third.md").unlink()
    replace(folder / "lessons" / "02-second.md", "nextLessonId: third", "nextLessonId: null")
    replace(folder / "course.yaml", "requires: [third]", "requires: [second]")
    store(read(folder))
    assert [lesson.id for lesson in attesting.completed_by(learner)] == ["first", "second", "third"]


def test_ones_own_page_leads_back_to_the_lessons_that_are_still_there(browser: Client, learner: User) -> None:
    take(learner, "first")
    assert '<a href="/lessons/first/">First</a>' in page_of(browser, "/me/record/")
    Course.objects.update(published=None)
    assert '<th scope="row">First</th>' in page_of(browser, "/me/record/")


def test_nothing_completed_makes_no_record(browser: Client) -> None:
    assert browser.post("/me/record/").status_code == 200
    assert not CompletionRecord.objects.exists()


def test_a_withdrawn_record_is_gone_and_only_its_owner_withdraws_it(learner: User, other: User) -> None:
    take(learner, "first")
    record = attesting.issue(learner)
    client = Client()
    client.force_login(other)
    assert client.post(f"/me/record/{record.pk}/withdraw/").status_code == 404
    client.force_login(learner)
    assert client.post(f"/me/record/{record.pk}/withdraw/").status_code == 302
    assert client.get(f"/records/{record.pk}/").status_code == 404


def test_search_engines_are_asked_to_leave_records_alone(learner: User, client: Client) -> None:
    take(learner, "first")
    response = client.get(f"/records/{attesting.issue(learner).pk}/")
    assert response["X-Robots-Tag"] == "noindex"


def test_a_guests_records_move_to_the_account_and_are_exported(learner: User) -> None:
    guest = User.objects.create_guest()
    take(guest, "first")
    record = attesting.issue(guest)
    personal_data.merge(guest, into=learner)
    assert CompletionRecord.objects.get().learner == learner
    from courses import keeping

    assert [each["id"] for each in keeping.export(learner)["records"]] == [record.pk]


def test_the_pages_ask_a_fixed_number_of_queries(
    browser: Client, learner: User, django_assert_max_num_queries: Any
) -> None:
    take(learner, "first")
    record = attesting.issue(learner)
    browser.get("/")
    with django_assert_max_num_queries(8):
        browser.get("/me/record/")
    take(learner, "second")
    with django_assert_max_num_queries(8):
        browser.get("/me/record/")
    with django_assert_max_num_queries(4):
        browser.get(f"/records/{record.pk}/")
