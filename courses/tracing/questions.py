"""Which numbers a question sets, and which it only says."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from courses.rendering.values import PLACE
from courses.yaml_lines import Key, Located

_NUMBER = re.compile(r"(?<![A-Za-z_\d.])\d+(?:,\d{3})*(?:\.\d+)?(?:[eE][-+]?\d+)?")
_CHOICES = ("one", "several", "prints")


@dataclass(frozen=True, slots=True)
class Given:
    """The numbers that a question sets: those of its text, code, picture, parameters and wrong answers."""

    question: str
    values: frozenset[float]


def given_of(question: Located, values: Mapping[str, Any]) -> Given:
    """Return what a question sets. What its code prints is computed: a test runs it."""
    data = question.data
    kept = [data.get(key) for key in ("text", "code", "parameters", "picture", "items")]
    kept += [each.get("value") for each in _listed(data.get("wrong"))]
    kept += [each.get("text") for each in _listed(data.get("options"))]
    if data.get("kind") == "shape":
        kept.append(data.get("answer"))
    return Given(str(data.get("id")), frozenset(_numbers(kept)))


def texts_of(question: Located) -> Iterator[tuple[tuple[Key, ...], str, bool]]:
    """Yield every text of a question with its keys, and whether the question sets the numbers in it."""
    data = question.data
    yield ("text",), str(data.get("text", "")), True
    yield ("explanation",), str(data.get("explanation", "")), False
    for at, option in enumerate(_listed(data.get("options"))):
        # The right option of code that prints is what it prints, which a test runs; a wrong one is ours.
        is_set = data.get("kind") == "prints" or not option.get("right")
        yield ("options", at, "text"), str(option.get("text", "")), is_set
        yield ("options", at, "why"), str(option.get("why", "")), False
    for at, item in enumerate(_listed(data.get("items"))):
        yield ("items", at, "text"), str(item.get("text", "")), True
    for at, wrong in enumerate(_listed(data.get("wrong"))):
        yield ("wrong", at, "why"), str(wrong.get("why", "")), False
    otherwise = data.get("otherwise")
    if isinstance(otherwise, Mapping):
        yield ("otherwise", "why"), str(otherwise.get("why", "")), False
    if data.get("kind") == "number" and data.get("answer") is not None:
        yield ("answer",), str(data["answer"]), False


def _listed(value: Any) -> list[Mapping[str, Any]]:
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []


def _numbers(value: Any) -> Iterator[float]:
    if isinstance(value, bool) or value is None:
        return
    if isinstance(value, int | float):
        yield abs(float(value))
    elif isinstance(value, str):
        yield from (float(each.replace(",", "")) for each in _NUMBER.findall(PLACE.sub("", value)))
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _numbers(each)
    elif isinstance(value, list):
        for each in value:
            yield from _numbers(each)
