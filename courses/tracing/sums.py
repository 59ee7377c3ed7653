"""Check the sums that a text writes out: 3 × 224 × 224 = 150,528."""

import ast
import operator
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_SUM = re.compile(r"[-−(]?[\d(][\d\s.,+\-−–×·*/÷:()]*(?:[=≈][\s\-−]*[\d(][\d\s.,+\-−–×·*/÷:()]*)+")
_SIGNS = str.maketrans({"−": "-", "–": "-", "×": "*", "·": "*", "÷": "/", ":": "/"})
_NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
_OPERATORS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


@dataclass(frozen=True, slots=True)
class Sum:
    """One sum that is written out, and whether it holds. `start` and `end` are where it stands in its text."""

    text: str
    holds: bool
    start: int
    end: int


def sums(text: str) -> Iterator[Sum]:
    """Yield the sums of a text whose two sides can both be computed.

    >>> [(found.text, found.holds) for found in sums("So 260 − 256 = 4, and 3 × 3 = 8.")]
    [('260 − 256 = 4', True), ('3 × 3 = 8', False)]
    """
    for found in _SUM.finditer(text):
        written = found[0].rstrip(" .,:;(-−–+")
        sides = [_value(side) for side in re.split("[=≈]", written)]
        known = [side for side in sides if side is not None]
        if len(known) == len(sides) and re.search(r"\d\s*[+\-−–×·*/÷:)]", written.partition("=")[0]):
            value = known[0][0]
            holds = all(abs(value - other) <= allowed + known[0][1] for other, allowed in known[1:])
            yield Sum(written, holds, found.start(), found.start() + len(written))


def _value(side: str) -> tuple[float, float] | None:
    """Return what a side comes to, and by how much its last digit may have been rounded; None when it is no sum."""
    plain = _NUMBER.sub(lambda number: number[0].replace(",", ""), side.strip().translate(_SIGNS))
    if "," in plain:
        return None
    try:
        value = _computed(ast.parse(plain.strip(), mode="eval").body)
    except (SyntaxError, ValueError, ZeroDivisionError):
        return None
    written = [len(number.partition(".")[2]) for number in _NUMBER.findall(plain)]
    is_rounded = len(written) == 1 and written[0] > 0
    return value, (0.5 * 10 ** -written[0] if is_rounded else 0.0) + 1e-9 * max(1.0, abs(value))


def _computed(node: ast.expr) -> float:
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return node.value
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_computed(node.operand)
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        return _OPERATORS[type(node.op)](_computed(node.left), _computed(node.right))
    raise ValueError("no sum")
