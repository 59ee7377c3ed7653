"""What a run is doing, in words: the page's first sight and lists; static/js/labs/words.js says the same live."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Final

REASONS: Final = {
    "completed": "finished",
    "stopped": "stopped by you; the network is usable",
    "early_stopped": "finished early: it no longer improved",
    "diverged": "diverged: the loss is no number any more",
    "time_limit": "ended at the time limit; the network is usable",
}

# How many of the last epochs tell how long the next one takes.
EPOCHS_OF_PACE: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the sentence is made of. `ahead` is None when nobody knows the place in the queue.

    `obstacle` is the sentence for what a queued run waits for besides its turn, mostly nothing.
    """

    state: str
    reason: str = ""
    epochs: int = 1
    step: int = 0
    steps_per_epoch: int = 0
    seconds_left: float | None = None
    ahead: int | None = None
    wait_seconds: float | None = None
    obstacle: str = ""
    is_stopping: bool = False
    is_pausing: bool = False
    losses: int = 0


def about(seconds: float) -> str:
    """Return a duration no more precise than anyone can know.

    >>> [about(seconds) for seconds in (1, 7, 38, 100, 8000)]
    ['a moment', 'a few seconds', 'about 40 s', 'about 2 min', 'about 2 h']
    """
    if seconds < 3:
        return "a moment"
    if seconds < 10:
        return "a few seconds"
    if seconds < 55:
        return f"about {_rounded(seconds / 5) * 5} s"
    if seconds < 3300:
        return f"about {max(1, _rounded(seconds / 60))} min"
    return f"about {max(1, _rounded(seconds / 3600))} h"


def between(low: float, high: float) -> str:
    """Return a duration of which only the bounds are known, no more precise than `about`.

    >>> [between(*bounds) for bounds in ((1, 4), (4, 30), (40, 160), (70, 200), (61, 62), (1800, 7000))]
    ['a few seconds', '4 to 30 s', '40 s to 3 min', '1 to 3 min', 'about 1 min', '30 min to 2 h']
    """
    (one, unit), (other, units) = _measured(low), _measured(high)
    if high < 10 or (one, unit) == (other, units):
        return about(high)
    return f"{one} to {other} {units}" if unit == units else f"{one} {unit} to {other} {units}"


def _measured(seconds: float) -> tuple[int, str]:
    """Return a duration as a number and its unit, rounded as `about` rounds it."""
    if seconds < 10:
        return max(1, _rounded(seconds)), "s"
    if seconds < 55:
        return _rounded(seconds / 5) * 5, "s"
    if seconds < 3300:
        return max(1, _rounded(seconds / 60)), "min"
    return max(1, _rounded(seconds / 3600)), "h"


def state_words(facts: Facts) -> str:
    """Return where a run stands as part of a sentence."""
    if facts.state == "queued":
        return _queued(facts)
    if facts.state == "running":
        return _running(facts)
    if facts.state == "paused":
        return "paused"
    if facts.state == "cancelled":
        return f"cancelled after step {facts.step}" if facts.step else "cancelled before it began"
    return REASONS.get(facts.reason, "failed" if facts.state == "failed" else "finished")


def _queued(facts: Facts) -> str:
    if facts.losses > 0:
        return "the worker went away; waiting for another one to go on"
    if facts.ahead is None:
        return "waiting for a worker"
    place = "next in line" if facts.ahead == 0 else f"{facts.ahead} ahead of you"
    wait = "" if facts.wait_seconds is None else f", {about(facts.wait_seconds)}"
    # The words are part of a sentence, whose full stop comes from elsewhere.
    return f"waiting, {place}{wait}" + (f". {facts.obstacle.rstrip('.')}" if facts.obstacle else "")


def _running(facts: Facts) -> str:
    if facts.is_stopping:
        return "stopping after this step"
    if facts.is_pausing:
        return "pausing after this step"
    if not facts.steps_per_epoch:
        return "starting"
    epoch = min(facts.epochs, facts.step // facts.steps_per_epoch + 1)
    left = "" if facts.seconds_left is None else f", {about(facts.seconds_left)} left"
    return f"training, epoch {epoch} of {facts.epochs}{left}"


def seconds_of_an_epoch(closed: Sequence[float]) -> float:
    """Return what the next epoch is likely to take: the mean of the last few, since a busy machine triples one.

    >>> seconds_of_an_epoch([60.0, 1.0, 1.0, 1.0, 1.0, 6.0])
    2.0
    """
    return fmean(closed[-EPOCHS_OF_PACE:])


def _rounded(value: float) -> int:
    # Halves go up, as in JavaScript.
    return int(value + 0.5)


def percent(share: float | None) -> str:
    """Return a share as a percentage with one decimal; nothing for None.

    >>> percent(0.97775)
    '97.8\xa0%'
    """
    return "" if share is None else f"{100 * share:.1f}\xa0%"


def gigabytes(count: int) -> str:
    """Return an amount of memory as people compare it.

    >>> gigabytes(8_100_000_000), gigabytes(40_000_000)
    ('8.1 GB', '0.04 GB')
    """
    amount = count / 1e9
    return f"{amount:.1f} GB" if amount >= 1 else f"{amount:.2f} GB"


def megabytes(count: int) -> str:
    """Return a number of bytes as people say it.

    >>> megabytes(246_824), megabytes(5_600_000_000)
    ('0.25 MB', '5,600 MB')
    """
    amount = count / 1e6
    return f"{amount:,.0f} MB" if amount >= 10 else f"{amount:.1f} MB" if amount >= 1 else f"{amount:.2f} MB"
