"""Read a number as people type it, and compare it."""

import math
import re
from collections.abc import Mapping

from courses.grading.verdicts import Slip

LONGEST = 40
_THOUSANDS = re.compile(r"^\d{1,3}(?:,\d{3})+(?:\.\d*)?$")
_THOUSANDS_DOTS = re.compile(r"^\d{1,3}(?:\.\d{3})+(?:,\d*)?$")
_POWER = re.compile(r"^(?P<mantissa>.*?)(?:[×x*·]10(?:\^|\*\*)?\(?(?P<power>[-+]?\d+)\)?)$")
_PLAIN = re.compile(r"^(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$")
_FRACTION = re.compile(r"^(?P<top>[-+]?[\d.,]+)/(?P<bottom>[\d.,]+)$")
_ASK = "Write a number, such as 1792 or 0.25."


def read_number(text: str, *, unit: str = "") -> float:
    """Return the number that someone typed. Raises Slip with a sentence when it cannot be read as one.

    >>> read_number("150 528"), read_number("150,528"), read_number("0,25"), read_number("−3")
    (150528.0, 150528.0, 0.25, -3.0)
    """
    return readings(text, unit=unit)[0]


def readings(text: str, *, unit: str = "") -> list[float]:
    """Return how a typed number may be read, the likeliest first; `1,234` and `1.234` have two readings.

    Raises Slip when there is none.
    """
    compact = _compact(text, unit)
    if not compact:
        raise Slip(f"There is no answer yet. {_ASK}")
    if len(compact) > LONGEST:
        raise Slip(f"That is too long to be a number. {_ASK}")
    fraction = _FRACTION.match(compact)
    if fraction:
        return [_quotient(fraction["top"], fraction["bottom"])]
    percent = compact.endswith("%")
    numbers = [_value(each) for each in _spellings(compact.rstrip("%"))]
    found = [number / 100 if percent else number for number in numbers if number is not None and math.isfinite(number)]
    if not found:
        raise Slip(f"“{text.strip()[:LONGEST]}” cannot be read as a number. {_ASK}")
    return found


def within(value: float, answer: float, tolerance: Mapping[str, float]) -> bool:
    """Return whether a value counts as the answer.

    `tolerance` is {"absolute": x}, {"relative": fraction of the answer}, or {"figures": n}: as far as rounding the
    answer to n significant figures may move it.

    >>> within(0.063, 0.0627, {"figures": 2}), within(0.064, 0.0627, {"figures": 2})
    (True, False)
    """
    allowed = tolerance.get("absolute", 0.0) + tolerance.get("relative", 0.0) * abs(answer)
    if "figures" in tolerance and answer:
        allowed = 0.5 * 10.0 ** (math.floor(math.log10(abs(answer))) + 1 - tolerance["figures"])
    # Half a unit in the fifteenth place: 0.1 + 0.2 is 0.3 to everyone but a computer.
    return abs(value - answer) <= allowed + 1e-12 * max(1.0, abs(answer))


def _compact(text: str, unit: str) -> str:
    compact = re.sub(r"[\s\u00a0\u2009\u202f_'’`]+", "", text.strip())
    if unit and compact.lower().endswith(re.sub(r"\s+", "", unit.lower())):
        compact = compact[: -len(re.sub(r"\s+", "", unit))]
    return compact.replace("−", "-").replace("–", "-").replace("٫", ".").rstrip(".").lstrip("=≈~")


def in_percent(text: str, value: float) -> float | None:
    """Return a share as percent where a question asks for percent and someone typed the share: 0.97 for 97.

    None when what was typed says percent itself, or is no share.
    """
    return None if "%" in text or not 0 < value < 1 else value * 100


def _spellings(compact: str) -> list[str]:
    """Return the ways to read separators, the likeliest first, in Python's own spelling."""
    sign, digits = ("-", compact[1:]) if compact[:1] == "-" else ("", compact.removeprefix("+"))
    plain, decimal = digits.replace(",", ""), digits.replace(".", "").replace(",", ".")
    if _THOUSANDS.match(digits):
        ambiguous = digits.count(",") == 1 and "." not in digits
        ways = [decimal] if ambiguous and digits.startswith("0") else [plain, *([decimal] if ambiguous else [])]
    elif _THOUSANDS_DOTS.match(digits):
        ambiguous = digits.count(".") == 1 and "," not in digits
        ways = [digits, *([] if digits.startswith("0") else [decimal])] if ambiguous else [decimal]
    else:
        ways = [digits.replace(",", ".")] if digits.count(",") == 1 and "." not in digits else [digits]
    return [sign + way for way in ways]


def _value(text: str) -> float | None:
    power = _POWER.match(text)
    exponent = 0
    if power:
        text, exponent = power["mantissa"] or "1", int(power["power"])
    unsigned = text[1:] if text[:1] in "+-" else text
    if not _PLAIN.match(unsigned) or abs(exponent) > 300:
        return None
    return float(text) * 10.0**exponent


def _quotient(top: str, bottom: str) -> float:
    numbers = [_value(_spellings(part)[0]) for part in (top, bottom)]
    if numbers[0] is None or not numbers[1]:
        raise Slip(f"“{top}/{bottom}” cannot be read as a fraction. {_ASK}")
    return numbers[0] / numbers[1]
