"""How far someone has come, on their own page."""

from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from courses.marking import keep_note
from tests.courses.answering import take

pytestmark = pytest.mark.usefixtures("release")


def text_of(response: Any) -> str:
    return str(response.content.decode())


def test_it_shows_progress_and_the_next_lesson_and_leads_to_what_was_completed(browser: Client, learner: User) -> None:
    take(learner, "first")
    page = text_of(browser.get("/me/"))
    assert "1 of 3 lessons done, about 23 minutes to go" in page
    assert 'href="/lessons/second/">Go on: Second' in page
    assert page.count('href="/me/record/"') == 1
    assert '<a href="/lessons/first/">First</a>' not in page


def test_it_counts_the_notes(browser: Client, learner: User) -> None:
    assert "Your notes on 0 lessons" in text_of(browser.get("/me/"))
    keep_note(learner, "first", text="x", base="")
    assert "Your notes on 1 lesson" in text_of(browser.get("/me/"))


def test_it_asks_a_fixed_number_of_queries(
    browser: Client, learner: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    browser.get("/")
    with django_assert_num_queries(11):
        browser.get("/me/")
    take(learner, "first", right=5)
    with django_assert_num_queries(11):
        browser.get("/me/")
