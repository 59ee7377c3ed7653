"""Fill computed values into tokens, and turn formulas into MathML."""

import re

from markdown_it.token import Token

from courses.rendering.context import Reading
from courses.rendering.maths import MathFault, latex_number, mathml
from courses.rendering.values import PLACE, ValueFault, looked_up, shown

FORMULAS = {"math_inline": False, "math_inline_double": True, "math_block": True, "math_block_label": True}
_PLAIN = ("text", "code_inline")
_MINUS = re.compile(r"(?<![\w.])-(?=[\d.])")  # a minus sign in prose; code keeps what Python prints


def fill(token: Token, reading: Reading, line: int) -> None:
    """Fill the places of one token in; a formula also gets its MathML, in `token.meta["mathml"]`."""
    if token.type in _PLAIN or token.type in FORMULAS:
        token.content = _filled(token, reading, line)
    if token.type in FORMULAS:
        try:
            token.meta = {**token.meta, "mathml": mathml(token.content, display=FORMULAS[token.type])}
        except MathFault as fault:
            reading.fault(line, str(fault), "Correct the LaTeX.")


def _filled(token: Token, reading: Reading, line: int) -> str:
    def value(found: re.Match[str]) -> str:
        try:
            text = shown(looked_up(found["name"], reading.values), (found["format"] or "").strip())
        except ValueFault as fault:
            reading.fault(line, fault.text, fault.remedy)
            return found[0]
        if token.type in FORMULAS:
            return latex_number(text)
        return _MINUS.sub("−", text) if token.type == "text" else text

    return PLACE.sub(value, token.content)
