"""Find the numbers in a piece of prose or in a formula."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

# A digit that hangs on a letter is part of a name (uint8, x2); so is one behind a letter and a hyphen (CIFAR-10) and
# one before a hyphen and a capital (2-D). An x between digits is a times sign (3x3).
_FIGURE = re.compile(
    r"(?<![A-Za-z_\d.])(?<![A-Za-z]-)(?<!\d,)"
    r"(?P<number>\d+(?:,\d{3})*(?:\.\d+)?(?:[eE][-+]?\d+)?)"
    r"(?P<percent>\s?%)?(?!-[A-Z]\b)(?![\dA-WYZa-wyz_])(?!x(?!\d))"
)
_TIMES = re.compile(r"(?<=\d)x(?=\d)")
# An index, or a power of one digit: 2^2 is a square and x_1 a name, whatever the numbers are.
_SCRIPT = re.compile(r"[_^](?:\{-?\d\}|-?\d)(?!\d)")
_WORDS = re.compile(r"\\(?:text|mathrm|operatorname)\{[^}]*\}")


@dataclass(frozen=True, slots=True)
class Figure:
    """One number as it is written. `start` is where it stands in its text."""

    text: str
    value: float
    decimals: int
    is_percent: bool
    start: int

    def fits(self, value: float) -> bool:
        """Return whether a value, rounded as this number is written, is this number; 97 % is also 0.97.

        >>> next(figures("97 % of them")).fits(0.97), next(figures("0.33")).fits(1 / 3)
        (True, True)
        """
        ways = (value, value * 100) if self.is_percent else (value,)
        return any(abs(self.value - way) <= 0.5 * 10**-self.decimals * bool(self.decimals) + 1e-9 for way in ways)


def figures(text: str) -> Iterator[Figure]:
    """Yield the numbers of a text.

    >>> [figure.text for figure in figures("CIFAR-10: 50,000 images of 32x32 in uint8, 0.5 % of the 1990s in 2-D")]
    ['50,000', '32', '32', '0.5 %']
    """
    for found in _FIGURE.finditer(_TIMES.sub("×", text)):
        number = found["number"].replace(",", "")
        decimals = len(number.lower().partition("e")[0].partition(".")[2])
        yield Figure(found[0].rstrip(), float(number), decimals, bool(found["percent"]), found.start())


def formula_text(latex: str) -> str:
    """Return a formula as plain text of the same meaning, in which numbers and sums can be found.

    >>> formula_text(r"C_1 \\times 3 = \\frac{6}{2}")
    'C × 3 = (6)/(2)'
    """
    text = _WORDS.sub(" ", latex).replace("{,}", "").replace(r"\,", "").replace(r"\%", "%").replace(r"\ ", " ")
    text = re.sub(r"\\[dt]?frac\{([^{}]*)\}\{([^{}]*)\}", r"(\1)/(\2)", text)
    for command, sign in ((r"\times", "×"), (r"\cdot", "×"), (r"\approx", "≈"), (r"\left", ""), (r"\right", "")):
        text = text.replace(command, sign)
    return re.sub(r"\\[a-zA-Z]+", " ", _SCRIPT.sub("", text))
