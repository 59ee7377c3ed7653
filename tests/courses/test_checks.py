"""Knowledge checks in a browser: without JavaScript, with htmx, for guests; and nothing leaks before the answer."""

import re
from typing import Any

import pytest
from django.test import Client
from django.utils.formats import date_format
from django.utils.timezone import localtime

from accounts.models import User
from courses import progress
from courses.models import Answer, Attempt, Completion, QuestionVersion, ReleaseLesson, UnlockGrant
from courses.serving import Served
from courses.showing.checks import listed, missed, said
from nets.reference import FUNCTIONS
from tests.courses.answering import form_for, post_answer, take
from tests.courses.course_folder import SENTINEL

pytestmark = pytest.mark.usefixtures("release")
HTMX = {"HX-Request": "true"}


def begin(client: Client) -> Attempt:
    client.post("/lessons/first/check/")
    return Attempt.objects.latest("started_at")


def page_of(client: Client, path: str) -> str:
    return client.get(path, follow=True).content.decode()


def test_a_check_is_taken_without_javascript_from_begin_to_result(browser: Client) -> None:
    attempt = begin(browser)
    for place in range(1, 7):
        page = page_of(browser, f"/lessons/first/check/{attempt.pk}/{place}/")
        assert f"Question {place} of 6" in page
        response = post_answer(browser, attempt, place)
        assert response.status_code == 302
        assert "Right." in page_of(browser, response.url)
    result = page_of(browser, f"/lessons/first/check/{attempt.pk}/")
    assert "Passed" in result
    assert 'href="/lessons/second/"' in result
    assert browser.get("/lessons/second/").status_code == 200


def test_a_check_that_was_passed_says_when_and_offers_another_try(browser: Client) -> None:
    before = page_of(browser, "/lessons/first/check/")
    assert ">Begin</button>" in before
    assert "You completed this lesson" not in before
    attempt = begin(browser)
    for place in range(1, 7):
        post_answer(browser, attempt, place)
    day = date_format(localtime(Completion.objects.get().completed_at), "j F Y")
    after = page_of(browser, "/lessons/first/check/")
    assert f"You completed this lesson on {day}." in after
    assert ">Try again</button>" in after
    assert "the lesson is completed, and what follows" not in after


def test_each_place_of_an_order_has_the_line_it_belongs_to_for_a_label(browser: Client) -> None:
    pool = ReleaseLesson.objects.get(version__lesson="first").questions
    # No more than are served, so that the one of order is among them.
    pool.set([*pool.filter(kind="order")[:1], *pool.exclude(kind="order")[:5]])
    attempt = begin(browser)
    for place in range(1, 7):
        page = page_of(browser, f"/lessons/first/check/{attempt.pk}/{place}/")
        fields = set(re.findall(r'<input class="order-list__place"[^>]* id="([^"]+)"', page))
        assert fields == set(re.findall(r'<label for="(place-[^"]+)">', page))
        if fields:
            return
        post_answer(browser, attempt, place)
    raise AssertionError("No question of the check was one of order.")


def test_a_guest_is_made_by_beginning_a_check(client: Client) -> None:
    attempt = begin(client)
    assert attempt.learner.is_guest
    post_answer(client, attempt, 1)
    assert Answer.objects.get().attempt == attempt


def test_a_wrong_answer_is_explained_and_may_be_tried_again(browser: Client) -> None:
    attempt = begin(browser)
    page = page_of(browser, post_answer(browser, attempt, 1, right=False).url)
    assert "Not right." in page
    assert "zq-secret-why" in page or "are missing" in page
    assert "Try again; this does not change your score" in page
    again = post_answer(browser, attempt, 1, right=True, key="another").content.decode()
    assert "Only the first answer counts" in again
    attempt.refresh_from_db()
    assert attempt.score == 0


def test_htmx_gets_the_question_alone(browser: Client) -> None:
    attempt = begin(browser)
    url = f"/lessons/first/check/{attempt.pk}/answer/"
    response = browser.post(url, {"question": "1", **form_for(attempt, 1, right=True)}, headers=HTMX)
    page = response.content.decode()
    assert response.status_code == 200
    assert page.lstrip().startswith("<section")
    assert "Right." in page
    assert "<html" not in page


def test_a_slip_is_told_counts_nothing_and_keeps_what_was_typed(browser: Client) -> None:
    attempt = begin(browser)
    attempt.questions = sorted(attempt.questions, key=lambda each: each["options"] != [])
    attempt.save()
    kinds = [each["options"] for each in attempt.questions]
    assert kinds[0] == [], "one of six must be typed; the pool of ten has seven with options"
    url = f"/lessons/first/check/{attempt.pk}/answer/"
    response = browser.post(url, {"question": "1", "text": "about <b>seven</b>"})
    page = response.content.decode()
    assert response.status_code == 422
    assert "Nothing was counted" in page
    assert "about &lt;b&gt;seven&lt;/b&gt;" in page or "Pick a cell" in page
    assert not Answer.objects.exists()


def test_the_result_works_out_the_numbers_of_a_missed_question_and_of_no_other_kind(db: None) -> None:
    is_drawn = []
    for number in range(5):
        attempt = take(User.objects.create_user(f"learner{number}@example.org", None), "first", right=0)
        for served, each in zip(map(Served.from_json, attempt.questions), missed(attempt), strict=True):
            question = QuestionVersion.objects.get(pk=served.version)
            worked = [why for why in each.whys if "zq-secret-explanation" in why]
            is_drawn.append(question.kind == "drawn")
            answer = FUNCTIONS[question.data["function"]](**served.parameters) if is_drawn[-1] else None
            assert worked == ([f"zq-secret-explanation {answer}"] if is_drawn[-1] else [])
    assert set(is_drawn) == {True, False}


def test_results_of_a_failed_check_name_what_was_missed_and_when_to_retry(browser: Client, learner: User) -> None:
    attempt = take(learner, "first", right=3)
    page = page_of(browser, f"/lessons/first/check/{attempt.pk}/")
    assert "Not passed yet" in page
    assert "3 of 6 right, 5 were needed." in page
    assert page.count('class="missed stack') == 3
    assert page.count("You answered:") == sum(bool(each.said) for each in missed(attempt))
    assert "You may try again at once" in page
    for _ in range(2):
        attempt = take(learner, "first", right=0)
    assert "The next try opens in 1 min." in page_of(browser, f"/lessons/first/check/{attempt.pk}/")
    assert "next try opens in 1 min." in page_of(browser, "/lessons/first/check/")
    assert "You may try again in 1 min" in browser.post("/lessons/first/check/", follow=True).content.decode()


def test_the_result_shows_code_picture_and_order_of_what_was_missed(client: Client, db: None) -> None:
    shown = set()
    for number in range(6):
        learner = User.objects.create_user(f"learner{number}@example.org", None)
        attempt = take(learner, "first", right=0)
        client.force_login(learner)
        page = page_of(client, f"/lessons/first/check/{attempt.pk}/")
        kinds = [each.asked.shown.kind for each in missed(attempt)]
        assert page.count('class="highlight"') == kinds.count("prints")
        assert page.count("missed__picture") == page.count('class="missed__pixel"') == kinds.count("pixel")
        assert page.count("Your order:") == kinds.count("order")
        shown |= set(kinds)
    assert shown >= {"prints", "pixel", "order"}


def test_an_answer_of_several_lines_is_listed() -> None:
    options = [{"id": name, "text": name.upper(), "right": name != "b"} for name in "abc"]
    assert listed({"options": options}, {"options": ["a", "b"]}) == ["A"]
    assert listed({"options": options}, {"option": "a"}) == []
    assert listed({"items": options}, {"order": ["c", "a", "b"]}) == ["C", "A", "B"]
    assert listed({}, {"text": "7"}) == []


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ({"option": "b"}, "<em>B</em>"),
        ({"options": ["a", "b"]}, ""),
        ({"text": "1 < 2"}, "1 &lt; 2"),
        ({"cell": [1, 5]}, "row 1, column 5"),
        ({"order": ["b", "a"]}, ""),
    ],
)
def test_a_wrong_answer_is_shown_with_what_is_said_about_it(given: dict[str, Any], shown: str) -> None:
    data = {"options": [{"id": "a", "text": "A"}, {"id": "b", "text": "<em>B</em>"}]}
    assert said(data, given) == shown


def test_f23_a_locked_check_refuses_to_be_seen_begun_and_answered(browser: Client, learner: User) -> None:
    for response in (browser.get("/lessons/second/check/"), browser.post("/lessons/second/check/")):
        assert response.status_code == 403
        assert "What is missing" in response.content.decode()
    assert not Attempt.objects.exists()
    attempt = begin(browser)
    UnlockGrant.objects.create(learner=learner, lesson_id="first", is_open=False, reason="instructor")
    for path in ("", "1/"):
        assert browser.get(f"/lessons/first/check/{attempt.pk}/{path}").status_code == 403
    assert post_answer(browser, attempt, 1).status_code == 403
    assert not Answer.objects.exists()


def test_f23_a_locked_check_makes_no_guest(client: Client) -> None:
    assert client.post("/lessons/second/check/").status_code == 403
    assert not User.objects.exists()


@pytest.mark.parametrize("path", ["", "1/", "answer/"])
def test_someone_elses_attempt_is_not_there(client: Client, learner: User, other: User, path: str) -> None:
    attempt = progress.start_attempt(learner, "first")
    url = f"/lessons/first/check/{attempt.pk}/{path}"
    for user in (None, other):
        if user:
            client.force_login(user)
        response = client.post(url, {"question": "1"}) if path == "answer/" else client.get(url)
        assert response.status_code == 404
    assert not Answer.objects.exists()


def test_an_attempt_belongs_to_its_own_lesson(browser: Client, learner: User) -> None:
    take(learner, "first")
    attempt = progress.start_attempt(learner, "second")
    assert browser.get(f"/lessons/first/check/{attempt.pk}/1/").status_code == 404


def test_questions_further_on_cannot_be_seen(browser: Client) -> None:
    attempt = begin(browser)
    for place in (0, 2, 6, 7):
        response = browser.get(f"/lessons/first/check/{attempt.pk}/{place}/")
        assert response.status_code == 302
        assert response["Location"] == f"/lessons/first/check/{attempt.pk}/1/"


def test_the_result_before_the_end_leads_back_to_the_questions(browser: Client) -> None:
    attempt = begin(browser)
    response = browser.get(f"/lessons/first/check/{attempt.pk}/")
    assert response["Location"] == f"/lessons/first/check/{attempt.pk}/1/"


@pytest.mark.parametrize("place", ["", "0", "3", "99", "x", "²", "-1", "1e9"])
def test_f25_an_answer_to_no_question_or_a_later_one_is_refused(browser: Client, place: str) -> None:
    attempt = begin(browser)
    response = post_answer(browser, attempt, 1, question=place)
    assert response.status_code == 302
    assert not Answer.objects.exists()


def test_f26_extra_fields_are_ignored(browser: Client, learner: User) -> None:
    attempt = begin(browser)
    extra = {"is_right": "true", "score": "6", "passed": "true", "learner": "x", "seq": "0", "attempt": "x"}
    post_answer(browser, attempt, 1, right=False, **extra)
    attempt.refresh_from_db()
    assert (attempt.score, attempt.passed, attempt.learner) == (0, None, learner)
    assert not Answer.objects.get().is_right


def test_f27_answers_need_the_token_and_a_post(learner: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(learner)
    attempt = progress.start_attempt(learner, "first")
    url = f"/lessons/first/check/{attempt.pk}/answer/"
    assert strict.post(url, {"question": "1", **form_for(attempt, 1, right=True)}).status_code == 403
    assert strict.post("/lessons/first/check/").status_code == 403
    assert strict.get(url).status_code == 405
    assert Client().put("/lessons/first/check/").status_code == 405
    assert not Answer.objects.exists()


def every_page(client: Client, attempt: Attempt, place: int) -> dict[str, str]:
    """Fetch every page and every API answer that a learner can reach while this question is open."""
    paths = ["/", "/lessons/first/", "/lessons/second/", "/glossary/", "/sheet/", "/lessons/first/check/"]
    paths += [f"/lessons/first/check/{attempt.pk}/", f"/lessons/first/check/{attempt.pk}/{place}/"]
    paths += ["/api/v1/lessons", "/api/v1/lessons/first", f"/api/v1/lessons/first/attempts/{attempt.pk}"]
    pages = {path: page_of(client, path) for path in paths}
    partial: Any = client.get(f"/lessons/first/check/{attempt.pk}/{place}/", headers=HTMX)
    slip: Any = client.post(f"/lessons/first/check/{attempt.pk}/answer/", {"question": str(place)})
    pages["partial"], pages["slip"] = partial.content.decode(), slip.content.decode()
    return pages


@pytest.mark.parametrize("signed_in", [True, False], ids=["learner", "guest"])
def test_f24_no_answer_explanation_tag_or_option_id_is_in_any_page_before_the_answer(
    client: Client, learner: User, signed_in: bool
) -> None:
    if signed_in:
        client.force_login(learner)
    served = set()
    for _ in range(2):  # together the two attempts serve every question of the pool
        attempt = begin(client)
        for place in range(1, 7):
            for path, page in every_page(client, attempt, place).items():
                assert SENTINEL not in page, f"{path} at question {place}"
            served.add(attempt.questions[place - 1]["version"])
            Answer.objects.create(  # without a page that would say why
                attempt=attempt,
                question_id=attempt.questions[place - 1]["version"],
                seq=1,
                idempotency_key=str(place),
                given={"option": None},
                is_right=False,
            )
        Attempt.objects.filter(pk=attempt.pk).update(passed=False, ended_at=attempt.started_at)
    assert len(served) == 10


def test_what_is_learned_of_one_question_says_nothing_of_the_next(browser: Client) -> None:
    attempt = begin(browser)
    page = page_of(browser, post_answer(browser, attempt, 1, right=False).url)
    assert len(re.findall(r"zq-secret-(?:right|a|b|two|first|tag)", page)) == 0


def test_passing_twice_completes_once(learner: User) -> None:
    take(learner, "first")
    take(learner, "first")
    assert Completion.objects.count() == 1
    assert UnlockGrant.objects.count() == 1
