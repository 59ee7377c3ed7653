"""What a learner says before a run will happen, read and judged: pure functions, in words for the run's page."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from labs.wording import percent
from nets.specs import SpecError

OUTCOMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "converges": "It converges: the loss falls and settles low",
        "plateaus": "It plateaus: the loss gets stuck while it is still high",
        "diverges": "It diverges: the loss grows, or is no number any more",
    }
)
# Shares of the run at which a form asks for the height of the curve; a script may give others.
PLACES: Final = tuple(place / 8 for place in range(9))
MOST_POINTS: Final = 200
# A larger number is quoted as the text that it was.
MOST_SHOWN: Final = 1e9
# A loss above this share of what guessing costs is high; one that fell by less than LEAST_FALL over the last third
# of the run has settled.
HIGH: Final = 0.5
LEAST_FALL: Final = 0.1
# A sketch this close to the curve, on average, was right.
CLOSE: Final = 0.05

# What stands in `Prediction.data`; empty when nothing was said.
Said = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Epoch:
    """One closed epoch: how far the run was then (0 to 1), its training loss, its validation accuracy (a fraction)."""

    share: float
    loss: float | None
    accuracy: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """How a run went: its reason to end, its accuracy on validation (None without one), its classes, its epochs."""

    reason: str
    accuracy: float | None
    classes: int
    epochs: tuple[Epoch, ...]


@dataclass(frozen=True, slots=True)
class Judgement:
    """One part of a prediction beside what happened; `holds` is None where nothing can be compared."""

    part: str
    words: str
    holds: bool | None


def read(said: object) -> Said:
    """Check a prediction as JSON has it: {"low", "high", "outcome", "sketch"}, each of which may be missing.

    `low` and `high` are fractions, `sketch` a list of [share of the run, accuracy]. Returns the same with nothing
    empty in it, {} for None. Raises SpecError with one sentence per part, keyed "prediction.low" and so on.
    """
    if said is None:
        return {}
    if not isinstance(said, Mapping):
        raise SpecError({"prediction": "A prediction is an object with low, high, outcome and sketch."})
    told = {name: value for name, value in said.items() if value not in (None, "", [])}
    errors = {f"prediction.{name}": _unknown(name) for name in told if name not in _FAULTS}
    for name, fault in _FAULTS.items():
        if name in told and (sentence := fault(told[name])):
            errors[f"prediction.{name}"] = sentence
    if not errors and told.get("low", 0) > told.get("high", 1):
        errors["prediction.high"] = "The upper end of your range must not be below the lower one; exchange the two."
    if errors:
        raise SpecError(errors)
    return {name: told[name] for name in _FAULTS if name in told}


def expected(said: Said) -> str:
    """Return what was said as a sentence, for a run that has not finished; empty for nothing.

    >>> expected({"low": 0.9, "outcome": "converges"})
    'You expect 90.0\xa0% to 100.0\xa0%, and that it converges.'
    """
    parts = [_range_of(said)] if _is_ranged(said) else []
    parts += [f"that it {said['outcome']}"] if "outcome" in said else []
    if parts:
        return f"You expect {', and '.join(parts)}."
    return "You sketched the curve that you expect." if said else ""


def judge(said: Said, facts: Facts) -> list[Judgement]:
    """Compare what was said with what happened, part by part, in the order in which the form asks."""
    found = [_judge_range(said, facts), _judge_outcome(said, facts), _judge_sketch(said, facts)]
    return [each for each in found if each is not None]


def facts_of(*, reason: str, classes: int, summary: Mapping[str, Any], told: Sequence[Mapping[str, Any]]) -> Facts:
    """Gather the facts of a run from its summary and those of its events that count."""
    closed = [event for event in told if event["type"] == "epoch"]
    last = max((event["step"] for event in closed), default=0)
    epochs = tuple(Epoch(event["step"] / last, event["train_loss"], event["validation_metric"]) for event in closed)
    return Facts(reason=reason, accuracy=summary.get("validation_accuracy"), classes=classes, epochs=epochs)


def outcome_of(facts: Facts) -> str:
    """Return which of OUTCOMES came, or "unsettled" when the loss was high and still falling at the end.

    Diverged is a run that ended so, or whose training loss is above that of its first epoch and of guessing. A
    loss is high above half of what guessing costs, the logarithm of the number of classes.
    """
    losses = [epoch.loss for epoch in facts.epochs]
    finite = [loss for loss in losses if loss is not None and math.isfinite(loss)]
    guessing = math.log(max(2, facts.classes))
    if facts.reason == "diverged" or len(finite) < len(losses):
        return "diverges"
    if not finite:
        return "unsettled"
    if finite[-1] > max(finite[0], guessing):
        return "diverges"
    if finite[-1] <= HIGH * guessing:
        return "converges"
    before = finite[-1 - len(finite) // 3]
    has_settled = len(finite) >= 3 and before - finite[-1] < LEAST_FALL * before
    return "plateaus" if has_settled else "unsettled"


def _is_ranged(said: Said) -> bool:
    return "low" in said or "high" in said


def _ends_of(said: Said) -> tuple[float, float]:
    """Return both ends of the range; one that was left open is the end of all."""
    return said.get("low", 0.0), said.get("high", 1.0)


def _range_of(said: Said) -> str:
    low, high = _ends_of(said)
    return f"{percent(low)} to {percent(high)}"


def _judge_range(said: Said, facts: Facts) -> Judgement | None:
    if not _is_ranged(said):
        return None
    low, high = _ends_of(said)
    if facts.accuracy is None:
        words = f"You expected {_range_of(said)}; the run left no accuracy to compare that with."
        return Judgement("range", words, None)
    reached = f"You expected {_range_of(said)}; it reached {percent(facts.accuracy)}"
    if low <= facts.accuracy <= high:
        return Judgement("range", f"{reached}, inside your range.", holds=True)
    side, gap = ("below", low - facts.accuracy) if facts.accuracy < low else ("above", facts.accuracy - high)
    return Judgement("range", f"{reached}, {_points(gap)} {side} your range.", holds=False)


def _judge_outcome(said: Said, facts: Facts) -> Judgement | None:
    if "outcome" not in said:
        return None
    told, came = said["outcome"], outcome_of(facts)
    if came == "unsettled":
        words = f"You expected that it {told}; its loss was high and still falling when it ended, so nobody knows."
        return Judgement("outcome", words, None)
    if came == told:
        return Judgement("outcome", f"You expected that it {told}, and so it did.", holds=True)
    return Judgement("outcome", f"You expected that it {told}; it {_DID[came]}.", holds=False)


def _judge_sketch(said: Said, facts: Facts) -> Judgement | None:
    sketch = sorted(said.get("sketch", ()))
    if not sketch:
        return None
    gaps = [
        (abs(height_at(sketch, epoch.share) - epoch.accuracy), epoch)
        for epoch in facts.epochs
        if epoch.accuracy is not None and epoch.share >= sketch[0][0]
    ]
    if not gaps:
        return Judgement("sketch", "The run closed no epoch to lay your sketch beside.", None)
    mean, (widest, at) = sum(gap for gap, _ in gaps) / len(gaps), max(gaps, key=lambda pair: pair[0])
    words = f"Your sketch lies {_points(mean)} from the curve on average"
    if widest > CLOSE:
        drawn = percent(height_at(sketch, at.share))
        words += (
            f"; most at {100 * at.share:.0f}\xa0% of the run, where you drew {drawn} and it had {percent(at.accuracy)}"
        )
    return Judgement("sketch", words + ".", holds=mean <= CLOSE)


def height_at(sketch: Sequence[Sequence[float]], share: float) -> float:
    """Return the height of a sketch, points in order, at a share of the run: straight lines between, level beyond.

    >>> height_at([[0.0, 0.1], [0.5, 0.9]], 0.25), height_at([[0.0, 0.1], [0.5, 0.9]], 1.0)
    (0.5, 0.9)
    """
    before = [point for point in sketch if point[0] <= share]
    after = [point for point in sketch if point[0] > share]
    if not before or not after:
        return (after[0] if after else before[-1])[1]
    (left, low), (right, high) = before[-1], after[0]
    return low + (high - low) * (share - left) / (right - left)


def _points(gap: float) -> str:
    """Return a distance between two accuracies, in percentage points.

    >>> _points(0.0312), _points(0.01), _points(0.0004)
    ('3.1 points', '1.0 points', 'less than 0.1 points')
    """
    return f"{100 * gap:.1f} points" if gap >= 0.0005 else "less than 0.1 points"


def _share_fault(value: object) -> str:
    if type(value) in (int, float) and 0 <= value <= 1:  # type: ignore[operator]
        return ""
    # A whole number may be larger than any float: nothing is converted before it is compared.
    is_number = type(value) in (int, float) and abs(value) < MOST_SHOWN  # type: ignore[arg-type]
    shown = f"{100 * value:g}\xa0%" if is_number else f"“{value}”"  # type: ignore[operator]
    return f"An accuracy is a number from 0 to 100\xa0%; {shown[:40]} was given."


def _outcome_fault(value: object) -> str:
    return "" if isinstance(value, str) and value in OUTCOMES else f"Choose one of {', '.join(OUTCOMES)}."


def _sketch_fault(value: object) -> str:
    if not isinstance(value, list) or len(value) > MOST_POINTS:
        return f"A sketch is a list of up to {MOST_POINTS} points [share of the run, accuracy]."
    for point in value:
        if not isinstance(point, list) or len(point) != 2 or any(_share_fault(end) for end in point):
            return "Every point of a sketch needs an accuracy from 0 to 100\xa0%, or none."
    if len({point[0] for point in value}) < len(value):
        return "A sketch has one height at each place; two were given for one."
    return ""


def _unknown(name: object) -> str:
    return f"“{str(name)[:40]}” is no part of a prediction; the parts are {', '.join(_FAULTS)}."


_FAULTS: Final = {"low": _share_fault, "high": _share_fault, "outcome": _outcome_fault, "sketch": _sketch_fault}
_DID: Final = {"converges": "converged", "plateaus": "got stuck while its loss was high", "diverges": "diverged"}
