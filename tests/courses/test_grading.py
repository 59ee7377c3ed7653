"""Each kind of question: right, each named wrong answer, the unforeseen one, and slips."""

from pathlib import Path
from typing import Any

import pytest

from courses.grading import Slip, grade
from courses.questions.reading import ReadQuestion
from tests.courses.course_folder import read


@pytest.fixture
def questions(folder: Path) -> dict[str, ReadQuestion]:
    lesson = read(folder).lessons[0]
    return {question.id.removeprefix("first-"): question for question in lesson.questions}


def verdict(question: ReadQuestion, given: dict[str, Any], **parameters: Any) -> tuple[bool, str]:
    found = grade(question.kind, question.data, given, parameters=parameters)
    assert found.whys
    assert all("zq-secret" in why or "missing" in why for why in found.whys)
    return found.is_right, found.tag


RIGHT, WRONG = (True, ""), (False, "zq-secret-tag")


def test_one_choice(questions: dict[str, ReadQuestion]) -> None:
    assert verdict(questions["one-0"], {"option": "zq-secret-right"}) == RIGHT
    assert verdict(questions["one-0"], {"option": "zq-secret-wrong"}) == WRONG


@pytest.mark.parametrize("given", [{}, {"option": None}, {"option": "unheard-of"}])
def test_no_choice_is_a_slip(questions: dict[str, ReadQuestion], given: dict[str, Any]) -> None:
    with pytest.raises(Slip):
        verdict(questions["one-0"], given)


def test_several_choices_are_right_only_together(questions: dict[str, ReadQuestion]) -> None:
    several = questions["several"]
    assert verdict(several, {"options": ["zq-secret-a", "zq-secret-b"]}) == RIGHT
    assert verdict(several, {"options": ["zq-secret-a"]}) == (False, "incomplete")
    assert verdict(several, {"options": ["zq-secret-a", "zq-secret-b", "zq-secret-c"]}) == WRONG
    with pytest.raises(Slip):
        verdict(several, {"options": []})


def test_each_explanation_says_of_which_choice_it_is(questions: dict[str, ReadQuestion]) -> None:
    data = questions["several"].data
    texts = {option["id"]: (option["text"], option["why"]) for option in data["options"]}
    found = grade("several", data, {"options": ["zq-secret-b", "zq-secret-a"]})
    for why, (text, explained) in zip(found.whys, [texts["zq-secret-a"], texts["zq-secret-b"]], strict=False):
        assert why == f"<blockquote>{text}</blockquote>{explained}"
    assert grade("several", data, {"options": ["zq-secret-c"]}).whys[0].startswith("<blockquote>")


def test_a_missing_choice_does_not_say_which(questions: dict[str, ReadQuestion]) -> None:
    found = grade("several", questions["several"].data, {"options": ["zq-secret-a"]})
    assert found.whys == ("1 of the statements that hold is missing.",)


def test_a_number_with_its_named_mistake(questions: dict[str, ReadQuestion]) -> None:
    assert verdict(questions["number"], {"text": "150 528"}) == RIGHT
    assert verdict(questions["number"], {"text": "50,176"}) == WRONG
    assert verdict(questions["number"], {"text": "7"}) == WRONG


def test_a_right_number_in_an_ambiguous_form_is_a_slip_not_a_mistake(questions: dict[str, ReadQuestion]) -> None:
    with pytest.raises(Slip, match=r"We read that as 150\.528"):
        verdict(questions["number"], {"text": "150.528"})


def test_drawn_numbers_are_computed_from_what_was_drawn(questions: dict[str, ReadQuestion]) -> None:
    drawn = questions["drawn"]
    assert verdict(drawn, {"text": "1536"}, height=16, width=32, channels=3) == RIGHT
    assert verdict(drawn, {"text": "512"}, height=16, width=32, channels=3) == WRONG
    found = grade("drawn", drawn.data, {"text": "256"}, parameters={"height": 8, "width": 32, "channels": 1})
    assert found.whys == ("zq-secret-explanation 256",)


def test_a_shape(questions: dict[str, ReadQuestion]) -> None:
    assert verdict(questions["shape"], {"text": "8x3x224x224"}) == RIGHT
    assert verdict(questions["shape"], {"text": "(8, 224, 224, 3)"}) == WRONG
    assert verdict(questions["shape"], {"text": "(8,)"}) == WRONG


def test_an_order(questions: dict[str, ReadQuestion]) -> None:
    first, second, third = "zq-secret-first", "zq-secret-second", "zq-secret-third"
    assert verdict(questions["order"], {"order": [first, second, third]}) == RIGHT
    assert verdict(questions["order"], {"order": [second, first, third]}) == WRONG
    assert verdict(questions["order"], {"order": [third, second, first]}) == WRONG
    with pytest.raises(Slip):
        verdict(questions["order"], {"order": [first, first, third]})


def test_a_pixel(questions: dict[str, ReadQuestion]) -> None:
    assert verdict(questions["pixel"], {"cell": [1, 1]}) == RIGHT
    assert verdict(questions["pixel"], {"cell": [0, 0]}) == WRONG
    assert verdict(questions["pixel"], {"cell": [0, 2]}) == WRONG
    for cell in (None, [2, 0], [0, 3], [-1, 0]):
        with pytest.raises(Slip):
            verdict(questions["pixel"], {"cell": cell})


PERCENT = {
    "answer": 97.0,
    "tolerance": {"absolute": 0.5},
    "unit": "%",
    "explanation": "So.",
    "wrong": [{"value": 3.0, "why": "That is the rest.", "tag": "rest"}],
    "otherwise": {"why": "Divide.", "tag": "arithmetic"},
}


@pytest.mark.parametrize("typed", ["97", "97 %", "97%", "97.2"])
def test_percent_may_be_written_with_its_sign_or_without(typed: str) -> None:
    assert grade("number", PERCENT, {"text": typed}).is_right


def test_the_right_share_where_percent_is_asked_for_is_a_slip(questions: dict[str, ReadQuestion]) -> None:
    with pytest.raises(Slip, match="write it as 97"):
        grade("number", PERCENT, {"text": "0.97"})
    assert not grade("number", PERCENT, {"text": "0.5"}).is_right
    assert not grade("number", PERCENT, {"text": "0.97 %"}).is_right
