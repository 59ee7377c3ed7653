"""Right and wrong answers to the course's questions, given in the form in which the site takes them."""

import contextlib
import html
import io
import itertools
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

from courses.grading import Verdict, grade
from courses.publishing.edition import Edition
from courses.publishing.reading import read_edition
from courses.questions.reading import ReadQuestion
from courses.serving import CHOICES, Served, read_given
from nets.reference import FUNCTIONS
from stride.management.commands.publish import WIDGETS, site_has_page

Fields = dict[str, list[str]]
# Of a drawn question at most so many draws are answered, spread evenly over all of them.
MOST_DRAWS = 60


@cache
def edition() -> Edition:
    """The course as it would be published now."""
    root: Path = settings.COURSE_CONTENT / "cnn"
    return read_edition(root, base=settings.BASE_DIR, widgets=settings.BASE_DIR / WIDGETS, is_path=site_has_page)


def questions() -> list[ReadQuestion]:
    """Every question of every lesson."""
    return [question for lesson in edition().lessons for question in lesson.questions]


def ways_to_serve(question: ReadQuestion) -> list[Served]:
    """Return how a question may be asked: options as written and reversed, and the numbers that may be drawn."""
    items = [each["id"] for each in question.data.get("options" if question.kind in CHOICES else "items", ())]
    if question.kind == "drawn":
        names = question.data["parameters"]
        draws = [dict(zip(names, drawn, strict=True)) for drawn in itertools.product(*names.values())]
        return [Served(0, (), draw) for draw in draws[:: -(-len(draws) // MOST_DRAWS)]]
    return [Served(0, tuple(items)), Served(0, tuple(reversed(items)))] if items else [Served(0)]


def verdict(question: ReadQuestion, served: Served, fields: Fields) -> Verdict:
    """Return what the site says to a form's fields."""
    given = read_given(question.kind, served, fields)
    return grade(question.kind, question.data, given, parameters=served.parameters)


def choosing(served: Served, *options: str) -> Fields:
    return {"choice": [str(served.options.index(each) + 1) for each in options]}


def ordering(served: Served, order: tuple[str, ...] | list[str]) -> Fields:
    return {f"place-{at}": [str(list(order).index(item) + 1)] for at, item in enumerate(served.options, 1)}


def right_answer(question: ReadQuestion, served: Served) -> Fields:
    """Return the fields that the reference gives."""
    data, kind = question.data, question.kind
    if kind in CHOICES:
        return choosing(served, *(option["id"] for option in data["options"] if option["right"]))
    if kind == "order":
        return ordering(served, [item["id"] for item in data["items"]])
    if kind == "pixel":
        return {"cell": [",".join(map(str, data["answer"][0]))]}
    if kind == "shape":
        return {"text": [", ".join(map(str, data["answer"]))]}
    value = FUNCTIONS[data["function"]](**served.parameters) if kind == "drawn" else data["answer"]
    return {"text": [str(value)]}


def named_wrong_answers(question: ReadQuestion, served: Served) -> Iterator[tuple[Fields, dict[str, Any]]]:
    """Yield each wrong answer that has an explanation of its own, with that explanation."""
    data, kind = question.data, question.kind
    if kind in ("one", "prints"):
        yield from ((choosing(served, each["id"]), each) for each in data["options"] if not each["right"])
    elif kind == "several":
        right = [each["id"] for each in data["options"] if each["right"]]
        yield from ((choosing(served, *right, each["id"]), each) for each in data["options"] if not each["right"])
    elif kind == "order":
        yield from ((ordering(served, each["order"]), each) for each in data["wrong"])
    elif kind == "pixel":
        yield from (({"cell": [",".join(map(str, cell))]}, each) for each in data["wrong"] for cell in each["cells"])
    elif kind == "shape":
        yield from (({"text": [str(tuple(each["value"]))]}, each) for each in data["wrong"])
    elif kind == "number":
        yield from (({"text": [str(each["value"])]}, each) for each in data["wrong"])
    else:
        for each in data["wrong"]:
            yield {"text": [str(FUNCTIONS[each["function"]](**served.parameters))]}, each


def other_wrong_answers(question: ReadQuestion, served: Served) -> Iterator[Fields]:
    """Yield wrong answers that nobody named: every other choice, order and cell, and shapes with their axes turned."""
    data, kind = question.data, question.kind
    if kind == "several":
        ids = [each["id"] for each in data["options"]]
        right = {each["id"] for each in data["options"] if each["right"]}
        chosen = (part for size in range(1, len(ids) + 1) for part in itertools.combinations(ids, size))
        yield from (choosing(served, *part) for part in chosen if set(part) != right)
    elif kind == "order":
        right_order = tuple(item["id"] for item in data["items"])
        orders = itertools.islice(itertools.permutations(right_order), 1, 720)
        yield from (ordering(served, order) for order in orders)
    elif kind == "pixel":
        grid = data["picture"]["grid"]
        cells = itertools.product(range(len(grid)), range(len(grid[0])))
        yield from ({"cell": [f"{row},{column}"]} for row, column in cells if [row, column] not in data["answer"])
    elif kind == "shape":
        shapes = {*itertools.permutations(data["answer"]), tuple(data["answer"][1:]), (1, *data["answer"])}
        yield from ({"text": [", ".join(map(str, shape))]} for shape in shapes - {tuple(data["answer"])} if shape)
    elif kind in ("number", "drawn"):
        (answer,) = right_answer(question, served)["text"]
        yield from ({"text": [str(wrong)]} for wrong in (-1 - abs(float(answer)), 3 * abs(float(answer)) + 7))


def plain(rendered: str) -> str:
    """Return the text of a piece of HTML."""
    return html.unescape(re.sub(r"<[^>]+>", "", rendered))


def printed(code: str) -> str:
    """Return what a question's code prints; the name of the exception where it fails."""
    caught = io.StringIO()
    with contextlib.redirect_stdout(caught):
        try:
            exec(compile(code, "question", "exec"), {"__name__": "__main__"})
        except Exception as error:  # noqa: BLE001 - that it fails may be the answer
            return type(error).__name__
    return caught.getvalue()
