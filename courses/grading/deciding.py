"""Grade one answer of any kind."""

import re
from collections.abc import Callable, Mapping
from html import escape
from typing import Any

from courses.grading.numbers import in_percent, readings, within
from courses.grading.shapes import read_shape
from courses.grading.verdicts import Given, Slip, Verdict
from nets.reference import FUNCTIONS

Data = Mapping[str, Any]


def grade(kind: str, data: Data, given: Given, *, parameters: Data | None = None) -> Verdict:
    """Return the verdict on an answer. Raises Slip when its form cannot be read or it is not complete."""
    return _GRADERS[kind](data, given, parameters or {})


def _one(data: Data, given: Given, parameters: Data) -> Verdict:
    chosen = next((option for option in data["options"] if option["id"] == given.get("option")), None)
    if chosen is None:
        raise Slip("Choose one of the answers first.")
    return Verdict(chosen["right"], _whys(chosen["why"], data, right=chosen["right"]), chosen["tag"])


def _several(data: Data, given: Given, parameters: Data) -> Verdict:
    chosen = [option for option in data["options"] if option["id"] in set(given.get("options") or ())]
    if not chosen:
        raise Slip("Choose at least one of the answers first.")
    wrong = [option for option in chosen if not option["right"]]
    missing = [option for option in data["options"] if option["right"] and option not in chosen]
    if not wrong and not missing:
        return Verdict(True, (*map(_about, chosen), data["explanation"]))
    whys = tuple(map(_about, wrong))
    if missing:
        whys += (f"{len(missing)} of the statements that hold {'is' if len(missing) == 1 else 'are'} missing.",)
    return Verdict(False, whys, wrong[0]["tag"] if wrong else "incomplete")


def _number(data: Data, given: Given, parameters: Data) -> Verdict:
    return _compared(data, given, data["answer"], [each["value"] for each in data["wrong"]], {})


def _drawn(data: Data, given: Given, parameters: Data) -> Verdict:
    places = _places(data, parameters)
    wrong = [FUNCTIONS[each["function"]](**parameters) for each in data["wrong"]]
    return _compared(data, given, places["answer"], wrong, places)


def _compared(data: Data, given: Given, answer: float, wrong: list[float], places: Data) -> Verdict:
    ways = readings(str(given.get("text", "")), unit=data["unit"])
    value, tolerance = ways[0], data["tolerance"]
    if within(value, answer, tolerance):
        return Verdict(True, (filled_in(data["explanation"], places),))
    if any(within(way, answer, tolerance) for way in ways[1:]):
        raise Slip(
            f"We read that as {value:g}. Write it without separators between thousands, and with a decimal point."
        )
    percent = in_percent(str(given.get("text", "")), value) if data["unit"] == "%" else None
    if percent is not None and within(percent, answer, tolerance):
        raise Slip(f"This asks for percent. If {value:g} is the share that you mean, write it as {percent:g}.")
    named = next((each for each, bad in zip(data["wrong"], wrong, strict=True) if within(value, bad, tolerance)), None)
    return _wrong(named or data["otherwise"], places)


def _shape(data: Data, given: Given, parameters: Data) -> Verdict:
    sizes = read_shape(str(given.get("text", "")))
    if sizes == data["answer"]:
        return Verdict(True, (data["explanation"],))
    return _wrong(next((each for each in data["wrong"] if each["value"] == sizes), data["otherwise"]), {})


def _order(data: Data, given: Given, parameters: Data) -> Verdict:
    right = [item["id"] for item in data["items"]]
    order = given.get("order") or []
    if sorted(order) != sorted(right):
        raise Slip(f"Give each of the {len(right)} items a place of its own, from 1 to {len(right)}.")
    if order == right:
        return Verdict(True, (data["explanation"],))
    return _wrong(next((each for each in data["wrong"] if each["order"] == order), data["otherwise"]), {})


def _pixel(data: Data, given: Given, parameters: Data) -> Verdict:
    grid, cell = data["picture"]["grid"], given.get("cell")
    if not cell or not (0 <= cell[0] < len(grid) and 0 <= cell[1] < len(grid[0])):
        raise Slip("Pick a cell of the picture first.")
    if cell in data["answer"]:
        return Verdict(True, (data["explanation"],))
    return _wrong(next((each for each in data["wrong"] if cell in each["cells"]), data["otherwise"]), {})


def _about(option: Data) -> str:
    """Say first which of several options is explained: they stand in another order in each attempt."""
    return f"<blockquote>{option['text']}</blockquote>{option['why']}"


def _whys(why: str, data: Data, *, right: bool) -> tuple[str, ...]:
    return (why, data["explanation"]) if right else (why,)


def _wrong(explained: Data, places: Data) -> Verdict:
    return Verdict(False, (filled_in(explained["why"], places),), explained["tag"])


def worked(data: Data, parameters: Data) -> str:
    """Return the explanation of a drawn question, as HTML with the numbers that were drawn and what they come to."""
    return filled_in(data["explanation"], _places(data, parameters))


def _places(data: Data, parameters: Data) -> Data:
    """Return what the texts of a drawn question may name: what was drawn, and the answer to it."""
    return {**parameters, "answer": FUNCTIONS[data["function"]](**parameters)}


def filled_in(html: str, places: Data, *, is_code: bool = False) -> str:
    """Return HTML with every {name} of a drawn question replaced by what was drawn.

    A negative number has a minus sign, and parentheses behind another sign; in code it stays as Python writes it.

    >>> filled_in("{size} pixels", {"size": 8})
    '8 pixels'
    >>> filled_in("{a} · {b} = {c}", {"a": 3, "b": -2, "c": -6})
    '3 · (−2) = −6'
    """
    for name, value in places.items():
        shown = escape(shown_number(value))
        if shown.startswith("-") and not is_code:
            shown = shown.replace("-", "−", 1)
            html = re.sub(rf"(?<=[+−·/] )\{{{name}\}}", f"({shown})", html)
        html = html.replace(f"{{{name}}}", shown)
    return html


def shown_number(value: Any) -> str:
    """Return a drawn or computed number as text: whole ones without a point, others to six digits.

    >>> shown_number(1 - 0.1 * 4 - 0.1 * 6), shown_number(0.25), shown_number(3.0)
    ('0', '0.25', '3')
    """
    if not isinstance(value, float):
        return str(value)
    # What only floating point left over is 0, and not its negative.
    exact = round(value, 12) + 0.0
    return f"{exact:.0f}" if exact.is_integer() and abs(exact) < 1e15 else f"{exact:.6g}"


_GRADERS: dict[str, Callable[[Data, Given, Data], Verdict]] = {
    "one": _one,
    "prints": _one,
    "several": _several,
    "number": _number,
    "drawn": _drawn,
    "shape": _shape,
    "order": _order,
    "pixel": _pixel,
}
