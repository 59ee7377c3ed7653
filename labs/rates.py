"""What runs that differ in their learning rate alone have shown: too low, right, too high. Pure words and numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from labs.wording import percent

# Ends that lie closer together than this may be chance; the records of the course's labs spread by as much.
CLOSE: Final = 0.02
# An end of at most so many times the share of a guess has learned nothing.
GUESSING: Final = 1.5


@dataclass(frozen=True, slots=True)
class Tried:
    """One rate and how its run ended; `accuracy` is a fraction, None when the run left none or still goes on."""

    letter: str
    rate: float
    accuracy: float | None
    has_diverged: bool


def reading(tried: Sequence[Tried], *, classes: int) -> list[str]:
    """Return what these rates show, lowest first: a sentence for each, and where to go from here.

    Runs that still go on say nothing yet; with fewer than three that have ended there is nothing to tell.
    """
    ended = sorted((one for one in tried if one.has_diverged or one.accuracy is not None), key=lambda one: one.rate)
    able = [one for one in ended if _has_learned(one, classes=classes)]
    if len(ended) < 3:
        return []
    if not able:
        return ["None of these rates taught the network anything. Run a range test, and mark where its curve falls."]
    best = max(able, key=_reached)
    return [*(_words(one, best=best, classes=classes) for one in ended), _advice(ended, best)]


def _has_learned(one: Tried, *, classes: int) -> bool:
    return not one.has_diverged and _reached(one) > GUESSING / classes


def _reached(one: Tried) -> float:
    return one.accuracy or 0.0


def _words(one: Tried, *, best: Tried, classes: int) -> str:
    named = f"{one.letter}, at {one.rate:g},"
    if one is best:
        return f"{named} came furthest: {percent(one.accuracy)}."
    if one.has_diverged:
        return f"{named} diverged. Its steps threw the weights further away each time: too high."
    reached = percent(one.accuracy)
    if _is_close(one, best):
        return f"{named} reached {reached}, too near to {best.letter} to tell the two apart: that much is chance."
    if one.rate < best.rate:
        return f"{named} reached {reached}. Its steps went the right way and not far enough in the time: too low."
    if not _has_learned(one, classes=classes):
        lost = "Its first steps were so long that nothing was left to train"
        return f"{named} ended at {reached}, no better than a guess. {lost}: too high."
    return f"{named} reached {reached}. Its steps were too long to settle: too high."


def _is_close(one: Tried, best: Tried) -> bool:
    return not one.has_diverged and _reached(best) - _reached(one) < CLOSE


def _advice(ended: Sequence[Tried], best: Tried) -> str:
    good = [one for one in ended if one is best or _is_close(one, best)]
    if ended[0] in good and ended[-1] in good:
        return "All of these rates do. The range of good rates is wide here."
    if ended[0] in good:
        return "The lowest of these rates is a good one, so the range may go on below it. Mark a lower rate, and look."
    if ended[-1] in good:
        return (
            "The highest of these rates is a good one, so the range may go on above it. Mark a higher rate, and look."
        )
    return (
        "The good rates lie in between: lower was too low, higher too high. A range test shows that before you train."
    )
