"""What a run's curves show, in words: why it does not learn, or since when it learns the wrong thing.

Each rule looks for one pattern, and says nothing when in doubt: a learner who is told a wrong cause looks for it.
The thresholds are ours, set on recorded runs that do these things and on others that only look so
(tests/nets/record_curves.py).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import fmean
from typing import Final

from nets import events
from nets.events import Event

# Before this many steps and epochs, slow is only young.
PATIENCE_STEPS: Final = 150
PATIENCE_EPOCHS: Final = 3
# Shares of the loss before the first step.
STUCK: Final = 0.9
BARELY_LEARNT: Final = 0.85
HIGH_PLATEAU: Final = 0.25
RELAPSE: Final = 0.25
JUMP: Final = 1.5
# A plateau: over this many epochs, half against half, the loss falls by less than this share.
PLATEAU_EPOCHS: Final = 6
PLATEAU_FALL: Final = 0.02
STEADY_SHARE: Final = 0.8
OVERFIT_EPOCHS: Final = 5
OVERFIT_RISE: Final = 1.25
OVERFIT_FALL: Final = 0.8
SMALL_BATCH: Final = 8
# What batch norm costs in training with such batches, and no longer in validation.
BATCH_NORM_LOSS: Final = 1.3
BATCH_NORM_ACCURACY: Final = 0.1


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A run, or what came of it since the rate was last set by hand: what the rules read.

    `start` is the loss before anything was learnt, `first` that of the stretch's first step, `highest` its highest;
    `begun` is the step before it, `rate` and `top_rate` are the last and the highest of its rates.
    """

    epochs: list[Event]
    start: float
    first: float
    highest: float
    begun: int
    rate: float
    top_rate: float

    @property
    def train(self) -> list[float]:
        return [epoch["train_loss"] for epoch in self.epochs]

    @property
    def validation(self) -> list[float]:
        return [epoch["validation_loss"] for epoch in self.epochs]

    @property
    def now(self) -> int:
        return int(self.epochs[-1]["step"])

    @property
    def is_young(self) -> bool:
        return len(self.epochs) < PATIENCE_EPOCHS or self.now - self.begun < PATIENCE_STEPS

    @property
    def has_jumped(self) -> bool:
        """Say whether some step was far worse than the untrained network, and than the stretch's first."""
        return self.highest > JUMP * max(self.start, self.first)


@dataclass(slots=True)
class Curve:
    """A run so far, taken in event by event: of its steps no more is kept than the rules read, so each costs nothing.

    `broken` is the first step whose loss was no number, `said` the kinds that need not be said again. A rate that is
    set by hand is `changed` until the next step, and only then begins a new stretch, whichever of an epoch's last
    events it came between; `old` counts the epochs before that. `is_open` says that steps came since the last epoch.
    For the rest see `_Stretch`. `start` is None where step 1 was never seen, and then only divergence is told.
    """

    start: float | None = None
    broken: int | None = None
    said: list[str] = field(default_factory=list)
    epochs: list[Event] = field(default_factory=list)
    old: int = 0
    begun: int = 0
    first: float | None = None
    highest: float = 0.0
    rate: float = 0.0
    top_rate: float = 0.0
    changed: int | None = None
    is_open: bool = False

    def note(self, event: Event) -> None:
        """Take in an event of this run that counts, the next in order."""
        kind = event["type"]
        if kind == "steps":
            self._note_steps(event)
        elif kind == "epoch":
            self.is_open = False
            self.epochs.append({name: event[name] for name in _READ})
        elif kind == "diagnosis":
            self.said.append(event["kind"])
        elif kind == "rate_changed":
            self.changed = event["step"]
        if self.broken is None and _is_broken(event):
            self.broken = event["step"]

    def found(self, *, batch_size: int | None = None, has_batch_norm: bool = False) -> list[Event]:
        """Return what can be said now and was not said yet; see `diagnose`."""
        found: list[Event | None] = []
        if self.broken is not None:
            found = [_diverged(self.broken)]
        elif self.start is not None and self.epochs:
            whole, recent = self._stretch(0), self._stretch(self.old)
            if recent.epochs and not _CAUSES & set(self.said):
                found += [next((event for rule in _RULES if (event := rule(recent)) is not None), None)]
            found += [_overfit(whole), _batch_too_small(whole, batch_size=batch_size) if has_batch_norm else None]
        return [event for event in found if event is not None and event["kind"] not in self.said]

    def hear(self, told: Iterable[Event], *, step: int) -> None:
        """Count as said what an attempt that did not last told after its checkpoint of `step`.

        Of `told` only what counts: of a cause that is older than that step, this curve knows whether it still does.
        """
        for event in told:
            if event["type"] == "diagnosis" and (event["kind"] not in _CAUSES or event["step"] >= step):
                self.said.append(event["kind"])

    def branched(self, *, step: int) -> "Curve":
        """Return the curve of a run that leaves this one after `step`: it knows where learning began, no more."""
        return Curve(start=self.start, begun=step)

    def _note_steps(self, event: Event) -> None:
        losses = event["loss"]
        lost = [step for step, loss in zip(event["step"], losses, strict=True) if loss is None]
        if lost:
            self.broken = lost[0] if self.broken is None else self.broken
            return
        if self.changed is not None:
            self._restart(self.changed)
        self.is_open = True
        if event["step"][0] == 1:
            self.start = losses[0]
        self.first = losses[0] if self.first is None else self.first
        self.highest = max(self.highest, *losses)
        self.rate, self.top_rate = event["lr"][-1], max(self.top_rate, *event["lr"])

    def _restart(self, step: int) -> None:
        """Forget what the rate did before it was set by hand after `step`: a new rate may be wrong in its own way."""
        self.said = [kind for kind in self.said if kind not in _CAUSES]
        self.old, self.begun, self.changed = len(self.epochs), step, None
        self.first, self.highest, self.top_rate = None, 0.0, 0.0

    def _stretch(self, place: int) -> _Stretch:
        start = self.start or 0.0
        first = start if self.first is None else self.first
        return _Stretch(self.epochs[place:], start, first, self.highest, self.begun, self.rate, self.top_rate)


def diagnose(told: Iterable[Event], *, batch_size: int | None = None, has_batch_norm: bool = False) -> list[Event]:
    """Return what the curves of a run show so far, as diagnosis events; most runs show nothing.

    `told` are the events that count (`nets.events.counted`), in order and from the first step, of a run that goes on
    or is over; a kind that they hold already is not said again, unless the rate was set by hand since and it is about
    the rate. Kinds: diverged, rate_too_high, rate_too_low, plateau (one of these at a time), overfit (its step is the
    onset: the epoch with the lowest validation loss), batch_too_small (only when `has_batch_norm` and the
    `batch_size` are given).
    """
    curve = Curve()
    for event in told:
        curve.note(event)
    return curve.found(batch_size=batch_size, has_batch_norm=has_batch_norm)


def _is_broken(event: Event) -> bool:
    is_epoch = event["type"] == "epoch"
    return event["type"] == "diverged" or (is_epoch and None in (event["train_loss"], event["validation_loss"]))


def _diverged(step: int) -> Event:
    return events.diagnosis(
        kind="diverged",
        step=step,
        text=f"At step {step:,} the loss was no number any more: the weights had grown without bound. Most often the "
        "learning rate is far too high. Divide it by ten and start again.",
        lesson="optimisers",
    )


def _rate_too_high(curve: _Stretch) -> Event | None:
    """Find a loss that was thrown far above the untrained network's and stays there, or that relapsed since."""
    train = curve.train
    is_thrown = curve.has_jumped and train[-1] > STUCK * curve.start
    relapses = [loss - min(train[:place]) for place, loss in enumerate(train) if place]
    if not is_thrown and max(relapses, default=0.0) <= RELAPSE * curve.start:
        return None
    seen = "jumped far above where it began and stays there" if is_thrown else "fell, then jumped up again"
    return events.diagnosis(
        kind="rate_too_high",
        step=curve.now,
        text=f"The training loss {seen}: the steps are too long and leap over the valley. Try a third of the "
        "learning rate, or a tenth.",
        lesson="optimisers",
    )


def _rate_too_low(curve: _Stretch) -> Event | None:
    """Find a loss that falls epoch after epoch and is still close to where it began."""
    train = curve.train
    falls = [later < before for before, later in pairwise(train)]
    is_slow = train[-1] > BARELY_LEARNT * curve.start and not curve.has_jumped
    if curve.is_young or not is_slow or sum(falls) < STEADY_SHARE * len(falls):
        return None
    return events.diagnosis(
        kind="rate_too_low",
        step=curve.now,
        text=f"The training loss falls steadily, but after {curve.epochs[-1]['epoch']} epochs it has only gone from "
        f"{curve.start:.2f} to {train[-1]:.2f}: the steps are too short. Try three to ten times the learning rate.",
        lesson="optimisers",
    )


def _plateau(curve: _Stretch) -> Event | None:
    """Find a loss that no longer falls and is still high, while the rate has not been brought down on purpose.

    It must be high on validation too: smoothed or blended labels keep the training loss up where all is learnt.
    """
    recent, judged = curve.train[-PLATEAU_EPOCHS:], curve.validation[-PLATEAU_EPOCHS:]
    half = len(recent) // 2
    if curve.is_young or len(recent) < PLATEAU_EPOCHS or curve.rate < 0.2 * curve.top_rate:
        return None
    if min(recent + judged) <= HIGH_PLATEAU * curve.start or _fall(recent[:half], recent[half:]) > PLATEAU_FALL:
        return None
    return events.diagnosis(
        kind="plateau",
        step=curve.now,
        text=f"For {PLATEAU_EPOCHS} epochs the training loss has hardly moved from {fmean(recent):.2f}, which is still "
        "high: the network cannot fit what it is shown. Less weight decay, a larger network, or another learning "
        "rate may free it.",
        lesson="the-training-loop",
    )


def _fall(before: list[float], after: list[float]) -> float:
    """Return the share of its mean by which the loss fell; the losses before are above 0."""
    return 1 - fmean(after) / fmean(before)


def _overfit(curve: _Stretch) -> Event | None:
    """Find a validation loss that stays above its lowest while the training loss goes on falling."""
    validation, train = curve.validation, curve.train
    best = validation.index(min(validation))
    recent = range(len(validation) - OVERFIT_EPOCHS, len(validation))
    if best >= recent.start or not all(validation[place] > OVERFIT_RISE * validation[best] for place in recent):
        return None
    if fmean(train[place] for place in recent) > OVERFIT_FALL * train[best] or validation[-1] < 2 * train[-1]:
        return None
    epoch = curve.epochs[best]
    return events.diagnosis(
        kind="overfit",
        step=epoch["step"],
        text=f"Since epoch {epoch['epoch']} the validation loss rises, from {validation[best]:.3g} to "
        f"{validation[-1]:.3g}, while the training loss still falls: the network learns its training images by heart. "
        "Stop there, show more or altered images, or add dropout or weight decay.",
        lesson="the-training-loop",
    )


def _batch_too_small(curve: _Stretch, *, batch_size: int | None) -> Event | None:
    """Find a network that does much worse in training, on its small batches' own statistics, than in validation."""
    if batch_size is None or batch_size > SMALL_BATCH or len(curve.epochs) < PATIENCE_EPOCHS:
        return None
    recent = curve.epochs[-PATIENCE_EPOCHS:]
    if not all(
        epoch["train_loss"] > BATCH_NORM_LOSS * epoch["validation_loss"]
        and epoch["train_metric"] < epoch["validation_metric"] - BATCH_NORM_ACCURACY
        for epoch in recent
    ):
        return None
    trained, judged = (f"{recent[-1][name]:.0%}" for name in ("train_metric", "validation_metric"))
    return events.diagnosis(
        kind="batch_too_small",
        step=curve.now,
        text=f"In training the network names {trained} rightly, in validation {judged}: batch normalisation "
        f"measures mean and spread over only {batch_size} images at a time, and these jump from step to step. Take "
        "larger batches, or a norm that does not look across images.",
        lesson="batch-norm",
    )


_RULES: Final = (_rate_too_high, _rate_too_low, _plateau)
_CAUSES: Final = frozenset({"diverged", "rate_too_high", "rate_too_low", "plateau"})
_READ: Final = ("epoch", "step", "train_loss", "train_metric", "validation_loss", "validation_metric")
