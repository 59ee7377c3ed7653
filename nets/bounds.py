"""The kinds of values that a field may take, each with the sentence that refuses any other."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

_NAMES: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*(,[A-Za-z_][A-Za-z0-9_.]*)*")


class SpecError(ValueError):
    """A spec that cannot be run; `errors` maps every bad field to one sentence that says what is allowed."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        self.errors = dict(errors)
        super().__init__(" ".join(self.errors.values()))


@dataclass(frozen=True, slots=True)
class Choice:
    """A field that takes one of a few words."""

    allowed: tuple[str, ...]

    def fault(self, label: str, value: object) -> str | None:
        """Say what is wrong with `value`, or None when it may stand."""
        if isinstance(value, str) and value in self.allowed:
            return None
        first = self.allowed if len(self.allowed) <= 10 else self.allowed[:6]
        more = len(self.allowed) - len(first)
        words = f"{', '.join(first)} or {more} more" if more else ", ".join(first)
        return f"{label} must be one of {words}; {shown(value)} was given."


@dataclass(frozen=True, slots=True)
class Whole:
    """A field that takes a whole number from `minimum` to `maximum`, both included."""

    minimum: int
    maximum: int

    def fault(self, label: str, value: object) -> str | None:
        """Say what is wrong with `value`, or None when it may stand; True is not taken for 1."""
        if type(value) is int and self.minimum <= value <= self.maximum:
            return None
        return f"{label} must be a whole number from {self.minimum:,} to {self.maximum:,}; {shown(value)} was given."


@dataclass(frozen=True, slots=True)
class Real:
    """A field that takes a finite number from `minimum` to `maximum`, both included."""

    minimum: float
    maximum: float

    def fault(self, label: str, value: object) -> str | None:
        """Say what is wrong with `value`, or None when it may stand; NaN, infinity and True may not."""
        # A whole number of a thousand digits has no float; comparing it to a float is exact all the same.
        if type(value) in (int, float) and self.minimum <= value <= self.maximum:  # type: ignore[operator]
            return None
        return f"{label} must be a number from {self.minimum:g} to {self.maximum:g}; {shown(value)} was given."


@dataclass(frozen=True, slots=True)
class Flag:
    """A field that is true or false."""

    def fault(self, label: str, value: object) -> str | None:
        """Say what is wrong with `value`, or None when it may stand; 0 and 1 are no flags."""
        if isinstance(value, bool):
            return None
        return f"{label} must be true or false; {shown(value)} was given."


@dataclass(frozen=True, slots=True)
class Names:
    """A field that takes one of a few words, or names of layers with commas between."""

    words: tuple[str, ...]
    longest: int = 200

    def fault(self, label: str, value: object) -> str | None:
        """Say what is wrong with `value`, or None when it may stand; whether a network has such layers is not asked."""
        if isinstance(value, str) and len(value) <= self.longest and _NAMES.fullmatch(value):
            return None
        words = ", ".join(self.words)
        return f"{label} must be {words}, or names of layers with commas between; {shown(value)} was given."


@dataclass(frozen=True, slots=True)
class Words:
    """A field that takes any of a few words, or none of them."""

    allowed: tuple[str, ...]

    def fault(self, label: str, value: object) -> str | None:
        """Say what is wrong with `value`, or None when it may stand."""
        if isinstance(value, list | tuple) and all(isinstance(word, str) and word in self.allowed for word in value):
            return None
        return f"{label} must be a list of words out of {', '.join(self.allowed)}; {shown(value)} was given."

    def tidy(self, value: tuple[str, ...]) -> tuple[str, ...]:
        """Return each word once, in the order of `allowed`."""
        return tuple(word for word in self.allowed if word in value)


def shown(value: object) -> str:
    """Quote what was given, briefly: a sentence must stay a sentence whatever was sent."""
    if value is None or value == "":
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and not math.isfinite(value):
        return "not a number (NaN)" if math.isnan(value) else "infinity"
    if isinstance(value, int) and value.bit_length() > 128:
        return "a number of very many digits"
    text = f"{value:,}" if isinstance(value, int) else repr(value) if isinstance(value, float) else f"“{value}”"
    return text if len(text) <= 60 else f"{text[:57]}…”"
