"""Put computed numbers into text: {{ name }} and {{ name:FORMAT }}."""

import re
from collections.abc import Mapping
from typing import Any

PLACE = re.compile(r"\{\{\s*(?P<name>[A-Za-z_][A-Za-z0-9_]*)\s*(?::(?P<format>[^{}]*?))?\s*\}\}")
WHOLE = re.compile(rf"^\s*{PLACE.pattern}\s*$")


class ValueFault(Exception):
    """A place in the text that cannot be filled; holds what is wrong and the remedy."""

    def __init__(self, text: str, remedy: str) -> None:
        super().__init__(text)
        self.text, self.remedy = text, remedy


def shown(value: Any, spec: str = "") -> str:
    """Write one value as prose shows it. Raises ValueFault when the format does not fit the value.

    >>> shown(150528, ",")
    '150,528'
    >>> shown([174, 201, 231])
    '[174, 201, 231]'
    """
    try:
        return format(value, spec) if spec else str(value)
    except (TypeError, ValueError) as error:
        raise ValueFault(
            f"The format {spec!r} does not fit the value {value!r}.", "Use a Python format such as , or .2f."
        ) from error


def looked_up(name: str, values: Mapping[str, Any]) -> Any:
    """Return a value that the lesson's cells export. Raises ValueFault when none has that name."""
    if name not in values:
        raise ValueFault(
            f"No cell of this lesson exports a value named {name!r}.",
            f"Add exports={name} to the cell that computes it, then run `make content`.",
        )
    return values[name]


def filled(text: str, values: Mapping[str, Any]) -> str:
    """Return the text with every place filled. Raises ValueFault at the first that cannot be.

    >>> filled("{{ n:, }} values", {"n": 150528})
    '150,528 values'
    """
    return PLACE.sub(lambda found: shown(looked_up(found["name"], values), (found["format"] or "").strip()), text)


def resolved(value: Any, values: Mapping[str, Any]) -> Any:
    """Return what a question's field means: the exported value itself when the field is one whole {{ name }}.

    >>> resolved("{{ grid }}", {"grid": [[1, 2]]})
    [[1, 2]]
    """
    if isinstance(value, list):
        return [resolved(item, values) for item in value]
    if not isinstance(value, str):
        return value
    found = WHOLE.match(value)
    if found and not found["format"]:
        return looked_up(found["name"], values)
    return filled(value, values)
