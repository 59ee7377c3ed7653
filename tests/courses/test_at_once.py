"""Two requests at the same moment, each in a thread and a connection of its own."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from accounts.models import User
from courses import progress
from courses.models import Answer, Attempt, Completion, UnlockGrant
from courses.publishing.edition import Edition
from courses.publishing.storing import store
from tests.courses.answering import form_for

pytestmark = pytest.mark.django_db(transaction=True)
WAIT_SECONDS = 30


def at_once(action: Callable[[int], Any], *, times: int = 4) -> list[Any]:
    """Do something several times at the same moment; return what came of each, exceptions included."""
    barrier = threading.Barrier(times)
    outcomes: list[Any] = [None] * times

    def act(number: int) -> None:
        barrier.wait(timeout=WAIT_SECONDS)
        try:
            outcomes[number] = action(number)
        except Exception as error:  # noqa: BLE001 - the outcome is what is asserted
            outcomes[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=act, args=(number,)) for number in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=WAIT_SECONDS)
    return outcomes


@pytest.fixture
def published(edition: Edition) -> None:
    store(edition)


@pytest.fixture
def person(published: None) -> User:
    return User.objects.create_user("learner@example.org", None)


def test_f25_two_submits_at_once_count_once(person: User) -> None:
    attempt = progress.start_attempt(person, "first")
    forms = [form_for(attempt, 1, right=number % 2 == 0) for number in range(4)]
    recorded = at_once(
        lambda number: progress.record_answer(person, attempt, place=1, fields=forms[number], key=str(number))
    )
    assert sum(each.counted for each in recorded) == 1
    assert sorted(Answer.objects.values_list("seq", flat=True)) == [1, 2, 3, 4]
    attempt.refresh_from_db()
    assert attempt.score == Answer.objects.get(seq=1).is_right


def test_f25_the_same_submit_delivered_four_times_is_one_answer(person: User) -> None:
    attempt = progress.start_attempt(person, "first")
    fields = form_for(attempt, 1, right=True)
    recorded = at_once(lambda number: progress.record_answer(person, attempt, place=1, fields=fields, key="same"))
    assert len({each.answer.pk for each in recorded}) == 1
    assert Answer.objects.count() == 1


def test_two_clicks_on_begin_begin_one_attempt(person: User) -> None:
    attempts = at_once(lambda number: progress.start_attempt(person, "first"))
    assert len({attempt.pk for attempt in attempts}) == 1
    assert Attempt.objects.count() == 1


def test_the_last_answer_given_twice_completes_once(person: User) -> None:
    attempt = progress.start_attempt(person, "first")
    for place in range(1, 6):
        fields = form_for(attempt, place, right=True)
        progress.record_answer(person, attempt, place=place, fields=fields, key=str(place))
    fields = form_for(attempt, 6, right=True)
    at_once(lambda number: progress.record_answer(person, attempt, place=6, fields=fields, key=f"last-{number}"))
    assert Completion.objects.count() == 1
    assert UnlockGrant.objects.count() == 1
