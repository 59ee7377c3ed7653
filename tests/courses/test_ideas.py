"""Which ideas a question is about, and which questions may ask for one again."""

from typing import Any

from courses.ideas import askable, idea_of, ideas_of
from courses.serving import PoolQuestion


def question(name: str, *tags: str) -> PoolQuestion:
    options: list[dict[str, Any]] = [{"id": tag, "tag": tag, "right": not tag} for tag in ("", *tags)]
    return PoolQuestion(hash(name), name, "one", {"options": options})


POOL = [question("a", "forgot-bias", "forgot-padding"), question("b", "forgot-bias"), question("c", "other")]


def names(found: list[PoolQuestion]) -> list[str]:
    return [each.question for each in found]


def test_every_wrong_answer_names_an_idea_and_the_question_is_one_itself() -> None:
    data = {"wrong": [{"tag": "x"}, {"tag": "incomplete"}], "otherwise": {"tag": "y"}}
    assert ideas_of("q", data) == {"x", "y", "q"}


def test_what_shows_no_misconception_is_asked_for_by_its_question() -> None:
    assert idea_of("", "q") == "q"


def test_any_question_about_the_idea_may_ask_once_the_lesson_is_done() -> None:
    found = askable(POOL, idea="forgot-bias", missed="a", seen=set(), waiting=set(), is_done=True)
    assert names(found) == ["a", "b"]


def test_before_that_questions_that_were_not_asked_yet_are_left_to_the_check() -> None:
    found = askable(POOL, idea="forgot-bias", missed="a", seen={"a"}, waiting=set(), is_done=False)
    assert names(found) == ["a"]


def test_f25_a_question_that_waits_in_a_check_is_never_asked() -> None:
    for is_done in (True, False):
        found = askable(POOL, idea="forgot-bias", missed="a", seen={"a", "b"}, waiting={"a"}, is_done=is_done)
        assert names(found) == ["b"]


def test_the_question_that_was_missed_asks_for_its_idea_even_when_no_answer_names_it_any_more() -> None:
    found = askable(POOL, idea="gone", missed="c", seen={"c"}, waiting=set(), is_done=True)
    assert names(found) == ["c"]
