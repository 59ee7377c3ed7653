"""What the pages of a knowledge check show: the question without its key, the feedback after an answer, the result."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from courses.grading import Given, Verdict, grade
from courses.grading.deciding import worked
from courses.models import Answer, Attempt, QuestionVersion
from courses.serving import CHOICES, Served, Shown, show


@dataclass(frozen=True, slots=True)
class Choice:
    """One option or item as the form shows it; `value` is its place on the page, from 1."""

    value: str
    html: str
    is_chosen: bool
    place: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a picture; `grey` from 0 to 255, its row and column counted from 0."""

    value: str
    row: int
    column: int
    grey: int
    is_chosen: bool

    @property
    def fill(self) -> str:
        """The grey as an SVG colour."""
        return f"rgb({self.grey},{self.grey},{self.grey})"


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """One question of an attempt as the page asks it, with what the learner typed or chose so far."""

    place: int
    total: int
    shown: Shown
    choices: Sequence[Choice]
    rows: Sequence[Sequence[Cell]]
    text: str

    @property
    def group(self) -> str:
        """How it is answered: choose one, choose several, order, pick a pixel, or type."""
        kinds = {"one": "radio", "prints": "radio", "several": "checkbox", "order": "order", "pixel": "pixel"}
        return kinds.get(self.shown.kind, "text")


@dataclass(frozen=True, slots=True)
class Feedback:
    """What is said about an answer. `counted`: it is the one that counts; `next_place` is empty after the last."""

    is_right: bool
    whys: Sequence[str]
    counted: bool
    next_place: int | None


@dataclass(frozen=True, slots=True)
class MissedQuestion:
    """One question of a finished attempt whose first answer was wrong: as it was asked, answered and spoken of.

    `said` and `listed` are HTML of that answer: a short one, or the lines of a longer one.
    """

    asked: AskedQuestion
    said: str
    listed: Sequence[str]
    whys: Sequence[str]
    reread: str


def asked(
    question: QuestionVersion, served: Served, *, place: int, total: int, given: Mapping[str, Any]
) -> AskedQuestion:
    """Return a question as the page asks it. `given`: the form fields of an earlier try, or the recorded answer's."""
    shown = show(question.kind, question.data, served)
    chosen = set(given.get("choice", ()))
    choices = [
        Choice(str(at), html, str(at) in chosen, next(iter(given.get(f"place-{at}", ())), ""))
        for at, html in enumerate(shown.choices, 1)
    ]
    picked = next(iter(given.get("cell", ())), "")
    rows = [
        [Cell(f"{row},{column}", row, column, grey, f"{row},{column}" == picked) for column, grey in enumerate(values)]
        for row, values in enumerate(shown.grid)
    ]
    return AskedQuestion(place, total, shown, choices, rows, next(iter(given.get("text", ())), "")[:200])


def fields_of(given: Given, question: QuestionVersion, served: Served) -> dict[str, list[str]]:
    """Return the form fields that a recorded answer came from, to show it again as it was given."""
    places = {option: str(at) for at, option in enumerate(served.options, 1)}
    if question.kind in CHOICES:
        options = given.get("options") or [given.get("option")]
        return {"choice": [places[option] for option in options if option in places]}
    if question.kind == "order":
        return {f"place-{places[item]}": [str(at)] for at, item in enumerate(given["order"], 1) if item in places}
    if question.kind == "pixel":
        return {"cell": [",".join(str(part) for part in given["cell"])]}
    return {"text": [given.get("text", "")]}


def said(data: Mapping[str, Any], given: Given) -> str:
    """Return a short recorded answer as HTML; empty where it has lines (`listed`)."""
    if "option" in given:
        return next((each["text"] for each in data["options"] if each["id"] == given["option"]), "")
    if "cell" in given:
        return f"row {given['cell'][0]}, column {given['cell'][1]}"
    return escape(given.get("text", ""))


def listed(data: Mapping[str, Any], given: Given) -> list[str]:
    """Return a recorded order line by line, or what was rightly chosen of several: what is said quotes the others."""
    if "order" in given:
        texts = {each["id"]: each["text"] for each in data["items"]}
        return [texts[item] for item in given["order"]]
    return [
        each["text"] for each in data.get("options", ()) if each["right"] and each["id"] in given.get("options", ())
    ]


def verdict_of(answer: Answer, question: QuestionVersion, served: Served) -> Verdict:
    """Return the verdict on a recorded answer: grading is pure, so it says again what it said then."""
    return grade(question.kind, question.data, answer.given, parameters=served.parameters)


def missed(attempt: Attempt) -> list[MissedQuestion]:
    """Return the questions of a finished attempt whose counted answer was wrong, in the order they were asked."""
    counted = attempt.answers.filter(seq=1).select_related("question")
    answers = {answer.question_id: answer for answer in counted}
    found = []
    for place, served in enumerate(map(Served.from_json, attempt.questions), 1):
        answer = answers.get(served.version)
        if answer is not None and not answer.is_right:
            question, given, data = answer.question, answer.given, answer.question.data
            fields = fields_of(given, question, served)
            shown = asked(question, served, place=place, total=len(attempt.questions), given=fields)
            whys = verdict_of(answer, question, served).whys
            if question.kind == "drawn":
                # The next try draws other numbers, so these may be worked out.
                whys = (*whys, worked(data, served.parameters))
            found.append(MissedQuestion(shown, said(data, given), listed(data, given), whys, data.get("reread", "")))
    return found
