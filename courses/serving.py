"""What a knowledge check asks, and what of a question may be shown before it is answered. Pure.

Answers to a browser name options by their place on the page, never by their id: an id is written once for all
learners, in the order of the author's thoughts, and may betray which option is right.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from courses.grading import Given, Slip
from courses.grading.deciding import filled_in

CHOICES = ("one", "several", "prints")


@dataclass(frozen=True, slots=True)
class PoolQuestion:
    """One question of a lesson's pool; `version` is the id of its QuestionVersion row."""

    version: int
    question: str
    kind: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Served:
    """One question as it is asked in one attempt: options (or items) in the order shown, numbers drawn."""

    version: int
    options: tuple[str, ...] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return what an Attempt row keeps."""
        return {"version": self.version, "options": list(self.options), "parameters": dict(self.parameters)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Served":
        """Return what an Attempt row kept."""
        return cls(data["version"], tuple(data["options"]), dict(data["parameters"]))


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page may show of a question before the answer: no key, no explanation, no tag, no id of an option.

    `choices` are options or items, in the order served; `grid` are the grey values of a picture, row by row.
    """

    kind: str
    text: str
    code: str
    choices: tuple[str, ...]
    grid: tuple[tuple[int, ...], ...]
    unit: str


def choose(
    pool: Sequence[PoolQuestion],
    *,
    seen: Mapping[str, Sequence[Mapping[str, Any]]],
    count: int,
    rng: random.Random,
) -> list[Served]:
    """Choose what one attempt asks: unseen questions first, then those seen least often, in random order.

    `seen` holds, for each question id, the parameters drawn each time it was served before.
    """
    ranked = sorted(pool, key=lambda question: (len(seen.get(question.question, ())), rng.random()))
    chosen = ranked[:count]
    rng.shuffle(chosen)
    return [_serve(question, seen.get(question.question, ()), rng) for question in chosen]


def _serve(question: PoolQuestion, before: Sequence[Mapping[str, Any]], rng: random.Random) -> Served:
    return Served(question.version, _shuffled(question, rng), _drawn(question, before, rng))


def _shuffled(question: PoolQuestion, rng: random.Random) -> tuple[str, ...]:
    ids = [each["id"] for each in question.data.get("options" if question.kind in CHOICES else "items", ())]
    right = list(ids)
    rng.shuffle(ids)
    if question.kind == "order" and ids == right:
        ids.reverse()  # what already stands in order asks nothing
    return tuple(ids)


def _drawn(question: PoolQuestion, before: Sequence[Mapping[str, Any]], rng: random.Random) -> dict[str, Any]:
    """Draw parameters; a draw that was served before only when ten tries bring no new one."""
    choices = question.data.get("parameters", {})
    draw: dict[str, Any] = {}
    for _ in range(10):
        draw = {name: rng.choice(values) for name, values in choices.items()}
        if draw not in [dict(each) for each in before]:
            break
    return draw


def show(kind: str, data: Mapping[str, Any], served: Served) -> Shown:
    """Return what may be shown of a served question. Built from nothing but what is named here."""
    texts = {each["id"]: each["text"] for each in data.get("options" if kind in CHOICES else "items", ())}
    return Shown(
        kind=kind,
        text=filled_in(data["text"], served.parameters),
        code=filled_in(data["code"], served.parameters, is_code=True),
        choices=tuple(filled_in(texts[each], served.parameters) for each in served.options),
        grid=tuple(tuple(row) for row in data.get("picture", {}).get("grid", ())),
        unit=data.get("unit", ""),
    )


def read_given(kind: str, served: Served, fields: Mapping[str, Sequence[str]]) -> Given:
    """Return an answer as it is recorded, from the fields of a form.

    `choice`: places of options, from 1; `text`: a number or shape; `cell`: "row,column"; `place-1` and on: where the
    item shown first, second, ... belongs. Raises Slip when something needed is missing or makes no sense.
    """
    if kind in CHOICES:
        chosen = [served.options[place] for place in _places(fields.get("choice", ()), len(served.options))]
        return {"options": chosen} if kind == "several" else {"option": chosen[0] if chosen else None}
    if kind == "order":
        return {"order": _ordered(served, fields)}
    if kind == "pixel":
        return {"cell": _cell(fields.get("cell", ()))}
    return {"text": next(iter(fields.get("text", ())), "")[:200]}


def _places(given: Sequence[str], count: int) -> list[int]:
    places = [int(each) - 1 for each in given if each.isascii() and each.isdigit() and len(each) < 4]
    return [place for place in dict.fromkeys(places) if 0 <= place < count]


def _ordered(served: Served, fields: Mapping[str, Sequence[str]]) -> list[str]:
    count = len(served.options)
    places = [next(iter(_places(fields.get(f"place-{each}", ())[:1], count)), None) for each in range(1, count + 1)]
    if sorted(place for place in places if place is not None) != list(range(count)):
        raise Slip(f"Give each of the {count} items a place of its own, from 1 to {count}.")
    by_place = {place: option for place, option in zip(places, served.options, strict=True) if place is not None}
    return [by_place[place] for place in range(count)]


def _cell(given: Sequence[str]) -> list[int] | None:
    parts = next(iter(given), "").split(",")
    if len(parts) != 2 or not all(part.isascii() and part.isdigit() and len(part) < 4 for part in parts):
        return None
    return [int(part) for part in parts]
