"""What happened to a run, at which step, in words; static/js/labs/happenings.js says the same live."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

_DIAGNOSES: Final[Mapping[str, str]] = {
    "diverged": "diverged",
    "rate_too_high": "rate too high",
    "rate_too_low": "rate too low",
    "plateau": "plateau",
    "overfit": "overfits from here",
    "batch_too_small": "batch too small",
}


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened: `label` is short, for a chart; `lesson` is the id of one that explains it, or empty."""

    step: int
    kind: str
    label: str
    words: str
    lesson: str = ""


def happenings(told: Iterable[Mapping[str, Any]]) -> list[Happening]:
    """Return what the events that count (`nets.events.counted`) say happened, in order of step."""
    found = (_happening(event) for event in told)
    return sorted((each for each in found if each is not None), key=lambda each: each.step)


def plain(value: float) -> str:
    """Return a number as someone would type it.

    >>> plain(0.0003), plain(0.1)
    ('0.0003', '0.1')
    """
    return f"{value:.10f}".rstrip("0").rstrip(".")


def _happening(event: Mapping[str, Any]) -> Happening | None:
    match event["type"]:
        case "rate_changed":
            rate = plain(event["value"])
            return Happening(event["step"], "rate", f"rate {rate}", f"The learning rate became {rate}.")
        case "resumed":
            return Happening(event["step"], "resumed", "went on here", "Training went on from here.")
        case "paused":
            return Happening(event["step"], "paused", "paused", "Training was paused.")
        case "diverged":
            return Happening(event["step"], "diverged", "diverged", "The loss was no number any more.")
        case "diagnosis":
            label = _DIAGNOSES.get(event["kind"], event["kind"])
            return Happening(event["step"], "diagnosis", label, event["text"], event["lesson"])
    return None
