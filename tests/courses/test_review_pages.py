"""The pages of the spaced review: what they show, to whom, in how many queries, and what they never give away."""

import re
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from courses.models import QuestionVersion, Review, ReviewAnswer, ReviewCard, UnlockGrant
from courses.questions.reading import KINDS
from courses.showing.header import header_of
from courses.showing.reviews import queue_of
from courses.standing import standing_of
from tests.courses.answering import take
from tests.courses.course_folder import SENTINEL
from tests.courses.reviewing import asked, asked_now, let_days_pass, post

pytestmark = pytest.mark.usefixtures("release")


def text_of(response: Any) -> str:
    return str(response.content.decode())


def test_a_visitor_reads_what_the_review_is_and_a_post_makes_nobody(client: Client) -> None:
    assert "Nothing comes back yet" in text_of(client.get("/review/"))
    assert client.post("/review/")["Location"] == "/review/"
    assert not User.objects.exists()


def test_the_queue_says_how_much_is_due_in_which_lesson_and_when_the_next_comes(browser: Client, learner: User) -> None:
    take(learner, "first", right=0)
    count = ReviewCard.objects.count()
    page = text_of(browser.get("/review/"))
    assert "Nothing is due now." in page
    assert re.search(r"comes back (later today|tomorrow)", page)
    let_days_pass(1)
    page = text_of(browser.get("/review/"))
    assert f"Review {count} idea" in page
    assert ">First</a>" in page


def test_the_header_and_the_map_tell_what_is_due(browser: Client, learner: User) -> None:
    take(learner, "first", right=5)
    assert "idea to review" not in text_of(browser.get("/"))
    let_days_pass(1)
    page = text_of(browser.get("/"))
    assert "1 idea to review" in page
    assert re.search(r'href="/review/">Review <span class="count">1<', page)


def test_question_after_question_until_nothing_is_due(browser: Client, learner: User) -> None:
    take(learner, "first", right=2)
    let_days_pass(1)
    for _ in range(20):
        response = browser.post("/review/")
        if response["Location"] == "/review/":
            break
        review = Review.objects.latest("asked_at")
        page = text_of(browser.get(response["Location"]))
        assert "Not right" not in page
        page = text_of(browser.get(post(browser, review, right=True)["Location"]))
        assert "Right." in page
    assert "That was the last one for today." in page
    assert "Nothing is due now." in text_of(browser.get("/review/"))


def test_a_slip_of_format_is_told_and_counts_nothing(browser: Client, learner: User) -> None:
    take(learner, "first", right=0)
    let_days_pass(1)
    review = asked_now(learner)
    response = browser.post(f"/review/{review.pk}/answer/", {})
    assert response.status_code == 422
    assert "Nothing was counted." in text_of(response)
    assert not ReviewAnswer.objects.exists()


def test_htmx_gets_the_question_alone(browser: Client, learner: User) -> None:
    take(learner, "first", right=0)
    let_days_pass(1)
    response = post(browser, asked_now(learner), right=False, headers={"HX-Request": "true"})
    assert response.status_code == 200
    assert "<html" not in text_of(response)
    assert "Not right." in text_of(response)
    assert "Try again; this does not change your score" in text_of(response)


def test_f24_nothing_of_the_answer_is_on_a_page_before_it_is_given(browser: Client, learner: User) -> None:
    take(learner, "first", right=0)
    let_days_pass(1)
    assert SENTINEL not in text_of(browser.get("/review/"))
    kinds = set()
    for question in QuestionVersion.objects.filter(question__lesson="first"):
        review = asked(learner, question)
        page = browser.get(f"/review/{review.pk}/")
        assert page.status_code == 200
        assert SENTINEL not in text_of(page)
        post(browser, review, right=False)
        assert SENTINEL in text_of(browser.get(f"/review/{review.pk}/"))
        kinds.add(question.kind)
    assert kinds == KINDS


def test_f22_someone_elses_review_is_not_there(browser: Client, other: User) -> None:
    take(other, "first", right=0)
    let_days_pass(1)
    review = asked_now(other)
    assert browser.get(f"/review/{review.pk}/").status_code == 404
    assert post(browser, review, right=True).status_code == 404
    assert not ReviewAnswer.objects.exists()


def test_f23_a_review_of_a_lesson_that_was_shut_is_the_locked_page(browser: Client, learner: User) -> None:
    take(learner, "first", right=2)
    let_days_pass(1)
    review = asked_now(learner)
    UnlockGrant.objects.create(learner=learner, lesson_id="first", is_open=False, reason="instructor")
    assert browser.get(f"/review/{review.pk}/").status_code == 403
    assert post(browser, review, right=True).status_code == 403


def test_f26_extra_fields_change_nothing(browser: Client, learner: User, other: User) -> None:
    take(learner, "first", right=0)
    let_days_pass(1)
    review = asked_now(learner)
    extra = {"learner": str(other.pk), "is_right": "true", "due_at": "2000-01-01", "idea": "mine"}
    browser.post(f"/review/{review.pk}/answer/", {**extra, "choice": "1", "text": "1", "cell": "0,0"})
    review.refresh_from_db()
    assert review.learner == learner
    assert not ReviewCard.objects.filter(learner=other).exists()


def test_f27_answers_need_a_token_and_the_right_method(learner: User) -> None:
    take(learner, "first", right=0)
    let_days_pass(1)
    review = asked_now(learner)
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(learner)
    assert post(strict, review, right=True).status_code == 403
    assert strict.post("/review/").status_code == 403
    assert strict.get(f"/review/{review.pk}/answer/").status_code == 405


def test_the_queue_asks_a_fixed_number_of_queries(
    browser: Client, learner: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    browser.get("/")
    with django_assert_num_queries(8):
        browser.get("/review/")
    take(learner, "first", right=5)
    let_days_pass(1)
    assert ReviewCard.objects.count() == 1
    with django_assert_num_queries(9):
        browser.get("/review/")
    take(learner, "first", right=0)
    take(learner, "second", right=0)
    let_days_pass(1)
    with django_assert_num_queries(9):
        browser.get("/review/")


def test_the_header_asks_for_what_is_due_only_where_a_card_is(
    learner: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        assert header_of(learner).due == 0
    take(learner, "first", right=0)
    let_days_pass(1)
    cards = ReviewCard.objects.count()
    with django_assert_num_queries(2):
        assert header_of(learner).due == cards
    UnlockGrant.objects.create(learner=learner, lesson_id="first", is_open=False, reason="instructor")
    assert header_of(learner).due == 0


def test_header_and_queue_count_nobody_elses_ideas(learner: User, other: User) -> None:
    take(other, "first", right=0)
    take(learner, "first", right=5)
    let_days_pass(1)
    assert header_of(learner).due == 1
    queue = queue_of(learner, standing_of(learner))
    assert (queue.due, queue.later) == (1, 0)


def test_the_queue_counts_what_is_due_and_what_comes_later(learner: User) -> None:
    take(learner, "first", right=5)
    let_days_pass(1)
    take(learner, "second", right=5) if standing_of(learner).is_open("second") else None
    queue = queue_of(learner, standing_of(learner))
    assert queue.due == 1
    assert queue.due + queue.later == ReviewCard.objects.count()
