"""What was typed and not sent is there again; it is never graded, and a tab that fell behind overwrites nothing."""

import pytest
from django.test import Client

from accounts.models import User
from courses import progress
from courses.models import Answer, Attempt
from tests.courses.answering import form_for, post_answer

pytestmark = pytest.mark.usefixtures("release")


@pytest.fixture
def attempt(learner: User) -> Attempt:
    """An attempt whose first question is typed or chosen by one of four places."""
    begun = progress.start_attempt(learner, "first")
    begun.questions.sort(key=lambda each: len(each["options"]))
    begun.save()
    return begun


def keep(client: Client, attempt: Attempt, **fields: object) -> int:
    return client.post(f"/lessons/first/check/{attempt.pk}/draft/", {"question": "1", **fields}).status_code


def page_of(client: Client, attempt: Attempt, place: int) -> str:
    return client.get(f"/lessons/first/check/{attempt.pk}/{place}/").content.decode()


def typed(attempt: Attempt) -> dict[str, list[str]]:
    return form_for(attempt, 1, right=False)


def test_a_draft_is_there_again_and_nothing_is_graded(browser: Client, attempt: Attempt) -> None:
    assert keep(browser, attempt, **typed(attempt)) == 204
    page = page_of(browser, attempt, 1)
    (value,) = next(iter(typed(attempt).values()))
    assert f'value="{value}"' in page
    assert "Not right" not in page
    assert not Answer.objects.exists()
    attempt.refresh_from_db()
    assert (attempt.score, attempt.passed) == (0, None)


def test_a_draft_of_one_question_does_not_show_in_the_next(browser: Client, attempt: Attempt) -> None:
    keep(browser, attempt, text="sentinel-17")
    post_answer(browser, attempt, 1)
    assert "sentinel-17" not in page_of(browser, attempt, 2)
    assert progress.draft_of(Attempt.objects.get(), 2) == {}


def test_a_tab_that_fell_behind_overwrites_nothing(browser: Client, attempt: Attempt) -> None:
    post_answer(browser, attempt, 1)
    browser.post(f"/lessons/first/check/{attempt.pk}/draft/", {"question": "2", "text": "kept"})
    assert keep(browser, attempt, text="from a stale tab") == 204
    assert Attempt.objects.get().draft == {"place": 2, "fields": {"text": ["kept"]}}


def test_a_second_tab_learns_that_the_question_was_answered(browser: Client, attempt: Attempt) -> None:
    post_answer(browser, attempt, 1, right=False, key="first tab")
    page = post_answer(browser, attempt, 1, right=True, key="second tab").content.decode()
    assert "Only the first answer counts" in page
    attempt.refresh_from_db()
    assert attempt.score == 0


def test_f26_only_fields_of_an_answer_are_kept_and_they_are_cut(browser: Client, attempt: Attempt) -> None:
    keep(browser, attempt, text="x" * 9_000, score="6", key="k", csrfmiddlewaretoken="t", choice=["1"] * 90)
    fields = Attempt.objects.get().draft["fields"]
    assert set(fields) == {"text", "choice"}
    assert len(fields["text"][0]) == 200
    assert len(fields["choice"]) == 50


def test_f32_a_draft_is_shown_as_text(browser: Client, attempt: Attempt) -> None:
    keep(browser, attempt, text='"><script>alert(1)</script>')
    assert "<script>alert" not in page_of(browser, attempt, 1)


def test_someone_elses_attempt_keeps_no_draft(client: Client, other: User, attempt: Attempt) -> None:
    client.force_login(other)
    assert keep(client, attempt, text="12") == 404
    assert Attempt.objects.get().draft == {}
