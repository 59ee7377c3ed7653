"""How a learner's prediction compares with what came, in words. Pure."""

from collections.abc import Mapping
from typing import Any, Final

from labs.wording import percent

_COURSES: Final = {
    "converges": "that it converges",
    "plateaus": "that it gets stuck on a plateau",
    "diverges": "that it diverges",
}


def foretold(prediction: Mapping[str, Any]) -> str:
    """Return what was predicted ({"low", "high": fractions, "outcome", "sketch"}) as a sentence; empty for nothing.

    >>> foretold({"low": 0.9, "high": 0.95, "outcome": "converges"})
    'You predicted 90.0 % to 95.0 % and that it converges.'
    """
    parts = [part for part in (_range(prediction), _COURSES.get(str(prediction.get("outcome")), "")) if part]
    if not parts:
        return "You sketched the curve that you expect." if prediction.get("sketch") else ""
    return f"You predicted {' and '.join(parts)}."


def compared(prediction: Mapping[str, Any], *, accuracy: float | None, course: str) -> str:
    """Return how it came out: `accuracy` is that of the end, None without one, `course` a word as in a prediction.

    >>> compared({"low": 0.9, "high": 0.95, "outcome": "converges"}, accuracy=0.97, course="converges")
    'It ended at 97.0 %: above your range. It converged, as you said.'
    """
    return " ".join(part for part in (_reached(prediction, accuracy), _took(prediction, course)) if part)


def course_of(*, reason: str, diagnoses: frozenset[str]) -> str:
    """Return which course a run took, as predictions name them, from the reason of its end and what was diagnosed."""
    if reason == "diverged":
        return "diverges"
    return "plateaus" if diagnoses & {"plateau", "rate_too_high", "rate_too_low"} else "converges"


def _range(prediction: Mapping[str, Any]) -> str:
    if prediction.get("low") is None and prediction.get("high") is None:
        return ""
    low, high = _ends(prediction)
    return f"{percent(low)} to {percent(high)}"


def _ends(prediction: Mapping[str, Any]) -> tuple[float, float]:
    """Return both ends of the range; one that was left open is the end of all."""
    low, high = prediction.get("low"), prediction.get("high")
    return 0.0 if low is None else float(low), 1.0 if high is None else float(high)


def _reached(prediction: Mapping[str, Any], accuracy: float | None) -> str:
    if not _range(prediction) or accuracy is None:
        return ""
    low, high = _ends(prediction)
    place = "below your range" if accuracy < low else "above your range" if accuracy > high else "within your range"
    return f"It ended at {percent(accuracy)}: {place}."


def _took(prediction: Mapping[str, Any], course: str) -> str:
    said = prediction.get("outcome")
    if said not in _COURSES:
        return ""
    did = {"converges": "It converged", "plateaus": "It got stuck", "diverges": "It diverged"}[course]
    return f"{did}, as you said." if said == course else f"{did}; you had expected {_COURSES[str(said)]}."
