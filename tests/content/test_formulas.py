"""The face that formulas are set in where a device has none holds every character that the course's formulas use."""

import html
import json
import re
import unicodedata
from pathlib import Path

from django.conf import settings

from tests.content.solving import edition

FORMULA = re.compile(r"<math\b.*?</math>", re.DOTALL)
TAG = re.compile(r"<[^>]*>")
# A browser draws a lone letter of <mi> as the italic one of this block.
ITALIC = {letter: chr(0x1D434 + number) for number, letter in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZ")} | {
    letter: chr(0x1D44E + number) for number, letter in enumerate("abcdefghijklmnopqrstuvwxyz") if letter != "h"
}


def held() -> set[str]:
    """The characters for which static/fonts/README.md makes the file."""
    return set(Path(settings.BASE_DIR, "static", "fonts", "formulas.txt").read_text(encoding="utf-8"))


def used() -> set[str]:
    """Every character between the tags of a formula: in lessons, sheets and questions."""
    written = [text for lesson in edition().lessons for text in (lesson.body_html, lesson.sheet_html)]
    questions = [json.dumps(question.data) for lesson in edition().lessons for question in lesson.questions]
    written += [json.loads(f'"{found}"') for text in questions for found in re.findall(r"<math\b.*?</math>", text)]
    found = [html.unescape(TAG.sub("", formula)) for text in written for formula in FORMULA.findall(text)]
    assert len(found) > 100, "The course's formulas were not found."
    return set("".join(found))


def test_the_face_of_formulas_holds_what_they_use() -> None:
    missing = used() - held()
    assert {each: unicodedata.name(each, "?") for each in missing if not each.isspace()} == {}


def test_the_face_of_formulas_holds_letters_as_they_are_drawn() -> None:
    assert set(ITALIC.values()) | {"ℎ"} <= held()
