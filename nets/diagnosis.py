"""What a run's curves show, in words: why it does not learn, or since when it learns the wrong thing.

Each rule looks for one pattern, and says nothing when in doubt: a learner who is told a wrong cause looks for it.
The thresholds are ours, set on recorded runs that do these things and on others that only look so
(tests/nets/record_curves.py).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
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
class _Curve:
    """A run so far: loss and rate of each step, the closed epochs, and the loss before anything was learnt."""

    steps: list[int]
    losses: list[float | None]
    rates: list[float]
    epochs: list[Event]
    start: float

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
        return len(self.epochs) < PATIENCE_EPOCHS or self.now < PATIENCE_STEPS

    @property
    def has_jumped(self) -> bool:
        """Say whether some step was far worse than the untrained network."""
        return any(loss is not None and loss > JUMP * self.start for loss in self.losses)


def diagnose(told: Iterable[Event], *, batch_size: int | None = None, has_batch_norm: bool = False) -> list[Event]:
    """Return what the curves of a run show so far, as diagnosis events; most runs show nothing.

    `told` are the events that count (`nets.events.counted`), in order, of a run that goes on or is over; a kind
    that they hold already is not said again. Kinds: diverged, rate_too_high, rate_too_low, plateau (one of these
    at a time), overfit (its step is the onset: the epoch with the lowest validation loss), batch_too_small (only
    when `has_batch_norm` and the `batch_size` are given).
    """
    told = list(told)
    known = {event["kind"] for event in told if event["type"] == "diagnosis"}
    bad, curve = _broken_step(told), _curve(told)
    found: list[Event | None] = []
    if bad is not None:
        found = [_diverged(bad)]
    elif curve is not None:
        if not known & _CAUSES:
            found += [next((event for rule in _RULES if (event := rule(curve)) is not None), None)]
        found += [_overfit(curve), _batch_too_small(curve, batch_size=batch_size) if has_batch_norm else None]
    return [event for event in found if event is not None and event["kind"] not in known]


def _broken_step(told: Sequence[Event]) -> int | None:
    """Return the first step whose loss was no number, None when every one was."""
    points = events.columns(told)
    lost = [step for step, loss in zip(points["step"], points["loss"], strict=True) if loss is None]
    return min(lost + [event["step"] for event in told if _is_broken(event)], default=None)


def _is_broken(event: Event) -> bool:
    is_epoch = event["type"] == "epoch"
    return event["type"] == "diverged" or (is_epoch and None in (event["train_loss"], event["validation_loss"]))


def _curve(told: Sequence[Event]) -> _Curve | None:
    """Return the run in columns, or None before its first epoch is closed."""
    points, epochs = events.columns(told), [event for event in told if event["type"] == "epoch"]
    if not epochs or not points["step"] or points["loss"][0] is None:
        return None
    return _Curve(points["step"], points["loss"], points["lr"], epochs, float(points["loss"][0]))


def _diverged(step: int) -> Event:
    return events.diagnosis(
        kind="diverged",
        step=step,
        text=f"At step {step:,} the loss was no number any more: the weights had grown without bound. Most often the "
        "learning rate is far too high. Divide it by ten and start again.",
        lesson="optimisers",
    )


def _rate_too_high(curve: _Curve) -> Event | None:
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


def _rate_too_low(curve: _Curve) -> Event | None:
    """Find a loss that falls epoch after epoch and is still close to where it began."""
    train = curve.train
    falls = [later < before for before, later in pairwise(train)]
    is_slow = train[-1] > BARELY_LEARNT * curve.start and not curve.has_jumped
    if curve.is_young or not is_slow or sum(falls) < STEADY_SHARE * len(falls):
        return None
    return events.diagnosis(
        kind="rate_too_low",
        step=curve.now,
        text=f"The training loss falls steadily, but after {len(train)} epochs it has only gone from "
        f"{curve.start:.2f} to {train[-1]:.2f}: the steps are too short. Try three to ten times the learning rate.",
        lesson="optimisers",
    )


def _plateau(curve: _Curve) -> Event | None:
    """Find a loss that no longer falls and is still high, while the rate has not been brought down on purpose.

    It must be high on validation too: smoothed or blended labels keep the training loss up where all is learnt.
    """
    recent, judged = curve.train[-PLATEAU_EPOCHS:], curve.validation[-PLATEAU_EPOCHS:]
    half = len(recent) // 2
    if curve.is_young or len(recent) < PLATEAU_EPOCHS or curve.rates[-1] < 0.2 * max(curve.rates):
        return None
    fall = 1 - fmean(recent[half:]) / fmean(recent[:half])
    if min(recent + judged) <= HIGH_PLATEAU * curve.start or fall > PLATEAU_FALL:
        return None
    return events.diagnosis(
        kind="plateau",
        step=curve.now,
        text=f"For {PLATEAU_EPOCHS} epochs the training loss has hardly moved from {fmean(recent):.2f}, which is still "
        "high: the network cannot fit what it is shown. Less weight decay, a larger network, or another learning "
        "rate may free it.",
        lesson="the-training-loop",
    )


def _overfit(curve: _Curve) -> Event | None:
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


def _batch_too_small(curve: _Curve, *, batch_size: int | None) -> Event | None:
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
