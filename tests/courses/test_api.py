"""The API of lessons and checks: the same rules as the pages, every refusal a sentence."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from courses import progress
from courses.models import Answer, Attempt, UnlockGrant
from tests.courses.answering import form_for, take

pytestmark = pytest.mark.usefixtures("release")
LESSONS = "/api/v1/lessons"


def post(client: Client, path: str, body: Any = None) -> Any:
    return client.post(path, body if body is not None else {}, content_type="application/json")


def as_json(attempt: Attempt, place: int, *, right: bool) -> dict[str, Any]:
    """Return the same answer as the form's, as the API takes it."""
    fields = form_for(attempt, place, right=right)
    if "choice" in fields:
        return {"choice": [int(each) for each in fields["choice"]]}
    if "cell" in fields:
        return {"cell": [int(each) for each in fields["cell"][0].split(",")]}
    if "text" in fields:
        return {"text": fields["text"][0]}
    return {"places": [int(fields[f"place-{at}"][0]) for at in range(1, len(fields) + 1)]}


def test_lessons_are_listed_with_states_for_whoever_asks(client: Client, learner: User) -> None:
    listed = client.get(LESSONS).json()
    assert [(each["slug"], each["state"], each["minutes"], each["requires"]) for each in listed] == [
        ("first", "open", 10, []),
        ("second", "locked", 11, ["first"]),
        ("third", "locked", 12, ["second"]),
    ]
    take(learner, "first")
    client.force_login(learner)
    assert [each["state"] for each in client.get(LESSONS).json()] == ["done", "open", "locked"]


def test_an_open_lesson_comes_with_its_text(client: Client) -> None:
    lesson = client.get(f"{LESSONS}/first").json()
    assert "150,528" in lesson["html"]
    assert lesson["objectives"] == ["Count what a picture holds"]


def test_f23_a_locked_lesson_says_what_is_missing(browser: Client) -> None:
    for response in (browser.get(f"{LESSONS}/third"), post(browser, f"{LESSONS}/third/attempts")):
        assert response.status_code == 403
        body = response.json()
        assert body["error"] == "“Third” is still locked. Complete “First”, then “Second” first: about 21 minutes."
        assert [each["slug"] for each in body["missing"]] == ["first", "second"]
    assert not Attempt.objects.exists()


def test_an_unknown_lesson_is_not_found(client: Client) -> None:
    response = client.get(f"{LESSONS}/nothing")
    assert response.status_code == 404
    assert response.json()["error"]


def test_a_check_is_taken_over_the_api(browser: Client) -> None:
    state = post(browser, f"{LESSONS}/first/attempts").json()
    attempt = Attempt.objects.get(pk=state["id"])
    for place in range(1, 7):
        assert state["question"]["place"] == place
        body = {"question": place, **as_json(attempt, place, right=place > 1)}
        answered = post(browser, f"{LESSONS}/first/attempts/{attempt.pk}/answers", body).json()
        assert (answered["right"], answered["counted"], bool(answered["why"])) == (place > 1, True, True)
        state = answered["attempt"]
    assert (state["passed"], state["score"], state["question"]) == (True, 5, None)
    assert answered["opened"] == ["second"]


def test_a_visitor_begins_no_attempt_over_the_api(client: Client) -> None:
    assert post(client, f"{LESSONS}/first/attempts").status_code == 401
    assert not User.objects.exists()


def test_a_slip_is_told_and_not_counted(browser: Client, learner: User) -> None:
    attempt = progress.start_attempt(learner, "first")
    response = post(browser, f"{LESSONS}/first/attempts/{attempt.pk}/answers", {"question": 1})
    assert response.status_code == 422
    assert response.json()["errors"]["answer"]
    assert not Answer.objects.exists()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"question": 0}, "question"),
        ({"question": "one"}, "question"),
        ({"question": 1, "is_right": True}, "is_right"),
        ({"question": 1, "learner": "x"}, "learner"),
        ({"question": 1, "text": "x" * 201}, "text"),
        ({"question": 1, "choice": "all"}, "choice"),
        ({"question": 1, "choice": [1] * 51}, "choice"),
        ({"question": 1, "cell": [1, 2, 3]}, "cell"),
        ({"question": 1, "key": "k" * 65}, "key"),
        ({}, "question"),
    ],
)
def test_f26_fields_that_do_not_fit_are_named(browser: Client, learner: User, body: dict[str, Any], field: str) -> None:
    attempt = progress.start_attempt(learner, "first")
    response = post(browser, f"{LESSONS}/first/attempts/{attempt.pk}/answers", body)
    assert response.status_code == 422
    assert any(field in name for name in response.json()["errors"])
    assert not Answer.objects.exists()


@pytest.mark.parametrize("cell", [[10**30, 0], [-1, 0], [0]])
def test_cells_of_no_picture_are_slips(browser: Client, learner: User, cell: list[int]) -> None:
    attempt = progress.start_attempt(learner, "first")
    response = post(browser, f"{LESSONS}/first/attempts/{attempt.pk}/answers", {"question": 1, "cell": cell})
    assert response.status_code == 422


def test_f25_a_question_whose_turn_has_not_come_is_refused(browser: Client, learner: User) -> None:
    attempt = progress.start_attempt(learner, "first")
    body = {"question": 3, **as_json(attempt, 3, right=True)}
    response = post(browser, f"{LESSONS}/first/attempts/{attempt.pk}/answers", body)
    assert response.status_code == 403
    assert "one after another" in response.json()["error"]
    assert not Answer.objects.exists()


def test_f22_someone_elses_attempt_is_not_there(client: Client, learner: User, other: User) -> None:
    attempt = progress.start_attempt(learner, "first")
    client.force_login(other)
    path = f"{LESSONS}/first/attempts/{attempt.pk}"
    assert client.get(path).status_code == 404
    assert post(client, f"{path}/answers", {"question": 1, "text": "1"}).status_code == 404


def test_f23_a_lesson_shut_meanwhile_takes_no_answer(browser: Client, learner: User) -> None:
    attempt = progress.start_attempt(learner, "first")
    UnlockGrant.objects.create(learner=learner, lesson_id="first", is_open=False, reason="instructor")
    body = {"question": 1, **as_json(attempt, 1, right=True)}
    assert post(browser, f"{LESSONS}/first/attempts/{attempt.pk}/answers", body).status_code == 403
    assert browser.get(f"{LESSONS}/first/attempts/{attempt.pk}").status_code == 403
    assert not Answer.objects.exists()


def test_too_early_is_a_sentence_with_the_minutes(browser: Client, learner: User) -> None:
    for _ in range(3):
        take(learner, "first", right=0)
    response = post(browser, f"{LESSONS}/first/attempts")
    assert response.status_code == 403
    assert "again in 1 min" in response.json()["error"]


def test_f27_a_post_needs_the_token(learner: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(learner)
    assert post(strict, f"{LESSONS}/first/attempts").status_code == 403
    assert not Attempt.objects.exists()
