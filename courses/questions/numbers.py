"""Read the kinds that are answered with a number: number, drawn."""

import itertools
import math
from collections.abc import Mapping
from typing import Any

from courses.grading.numbers import within
from courses.questions.source import QuestionSource, explained, otherwise
from courses.yaml_lines import Key
from nets.reference import FUNCTIONS

MOST_DRAWS, MOST_FIGURES = 20_000, 12
_TOLERANCES = "{absolute: 0.01}, {relative: 0.02}, {figures: 3} (significant figures)"


def read_number(source: QuestionSource) -> dict[str, Any]:
    """Return the data of `number`: one answer, its tolerance, and the wrong values that have a name."""
    answer = _number(source, "answer")
    tolerance = _tolerance(source, whole=answer is not None and float(answer).is_integer())
    wrong = []
    for index in range(source.items("wrong")):
        source.refuse_unknown({"value", "why", "tag"}, "wrong", index)
        value = _number(source, "wrong", index, "value")
        if answer is not None and value is not None and within(value, answer, tolerance):
            source.fault("This wrong value counts as right.", "Narrow the tolerance.", "wrong", index, "value")
        wrong.append({"value": value, **explained(source, "wrong", index)})
    return {
        "answer": answer,
        "tolerance": tolerance,
        "unit": _unit(source),
        "wrong": wrong,
        "otherwise": otherwise(source),
    }


def read_drawn(source: QuestionSource) -> dict[str, Any]:
    """Return the data of `drawn`: what may be drawn, and which function of `nets.reference` knows the answer."""
    parameters = _parameters(source)
    wrong = []
    for index in range(source.items("wrong")):
        source.refuse_unknown({"function", "why", "tag"}, "wrong", index)
        wrong.append({"function": source.value("wrong", index, "function"), **explained(source, "wrong", index)})
    data = {
        "parameters": parameters,
        "function": source.value("function"),
        "tolerance": _tolerance(source, whole=False),
        "unit": _unit(source),
        "wrong": wrong,
        "otherwise": otherwise(source),
    }
    if parameters:
        _try_every_draw(source, data)
    return data


def drawn_names(source: QuestionSource) -> tuple[str, ...]:
    """Return the names of what a question draws, so that its texts may use them."""
    parameters = source.located.data.get("parameters")
    return tuple(map(str, parameters)) if isinstance(parameters, Mapping) else ()


def _parameters(source: QuestionSource) -> dict[str, list[Any]]:
    parameters = source.value("parameters")
    if not isinstance(parameters, Mapping) or not parameters:
        source.fault("There is nothing to draw.", "Write parameters: {size: [8, 16]}.", "parameters")
        return {}
    draws = {str(name): source.value("parameters", name) for name in parameters}
    for name, choices in draws.items():
        if not isinstance(choices, list) or not choices:
            source.fault(f"{name!r} has no choices.", "Give a list of values.", "parameters", name)
            return {}
    if math.prod(len(choices) for choices in draws.values()) > MOST_DRAWS:
        source.fault(f"There are more than {MOST_DRAWS} draws.", "Give fewer choices.", "parameters")
        return {}
    return draws


def _try_every_draw(source: QuestionSource, data: dict[str, Any]) -> None:
    """Compute the answer and every wrong answer of every draw: none may fail, no wrong one may always be right."""
    names: list[tuple[Any, tuple[Key, ...]]] = [(data["function"], ("function",))]
    names += [(each["function"], ("wrong", index, "function")) for index, each in enumerate(data["wrong"])]
    unknown = [(name, keys) for name, keys in names if name not in FUNCTIONS]
    for name, keys in unknown:
        source.fault(f"nets.reference has no function {name!r}.", "Use one that FUNCTIONS lists.", *keys)
    if unknown:
        return
    draws = [
        dict(zip(data["parameters"], draw, strict=True)) for draw in itertools.product(*data["parameters"].values())
    ]
    right = _computed(source, data["function"], draws, ("function",))
    for name, keys in names[1:]:
        wrong = _computed(source, name, draws, keys)
        pairs = zip(right, wrong, strict=False)
        if right and wrong and all(within(b, a, data["tolerance"]) for a, b in pairs):
            source.fault(f"{name} gives the right answer for every draw.", "Name another mistake.", *keys)


def _computed(source: QuestionSource, name: str, draws: list[dict[str, Any]], keys: tuple[Any, ...]) -> list[float]:
    answers = []
    for draw in draws:
        try:
            answers.append(float(FUNCTIONS[name](**draw)))
        except (TypeError, ValueError, ArithmeticError) as error:
            source.fault(f"{name} fails for {draw}: {error}.", "Correct the parameters or their names.", *keys)
            return []
    return answers


def _number(source: QuestionSource, *keys: Any) -> float | int | None:
    value = source.value(*keys)
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            value = None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        source.fault(f"{'.'.join(map(str, keys))} is not a number.", "Give a number or {{ name }} in quotes.", *keys)
        return None
    return value


def _tolerance(source: QuestionSource, *, whole: bool) -> dict[str, float]:
    given = source.value("tolerance")
    if given is None:
        if not whole:
            source.fault("There is no tolerance.", f"Write one: {_TOLERANCES}.", "tolerance")
        return {"absolute": 0.0}
    fits = isinstance(given, Mapping) and len(given) == 1 and set(given) <= {"absolute", "relative", "figures"}
    key, number = next(iter(given.items())) if fits else ("", -1)
    if isinstance(number, bool) or not isinstance(number, int if key == "figures" else int | float):
        number = -1
    if not (1 <= number <= MOST_FIGURES if key == "figures" else number >= 0):
        source.fault("The tolerance is not one number.", f"Write one of {_TOLERANCES}.", "tolerance")
        return {"absolute": 0.0}
    return {str(key): number if key == "figures" else float(number)}


def _unit(source: QuestionSource) -> str:
    unit = source.value("unit")
    return "" if unit is None else str(unit)
