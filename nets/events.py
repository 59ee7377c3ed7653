"""What a run may answer: its events as plain, JSON-safe dicts, and which of their points count.

Every event is a dict with a "type". NaN and infinity are sent as None, because JSON has neither. Losses are
mean cross-entropies in nats, metrics accuracies as fractions from 0 to 1, times seconds.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Event = dict[str, Any]
Points = dict[str, list[Any]]

COLUMNS = ("step", "loss", "metric", "lr")
TERMINAL = frozenset({"finished", "failed", "cancelled"})
FINISHED_REASONS = ("completed", "stopped", "early_stopped", "diverged", "time_limit")
FAILED_REASONS = ("worker_lost", "stalled", "out_of_memory", "disk_full", "bad_data", "expired", "error")


def waiting(*, ahead: int, seconds: float | None) -> Event:
    """Say how many runs are ahead in the queue and about how long that takes, None when nobody can know."""
    return _event("waiting", ahead=ahead, seconds=seconds)


def started(
    *,
    device: str,
    dtype: str,
    layout: str,
    threads: int,
    parameters: int,
    dataset: Mapping[str, Any],
    steps_per_epoch: int,
) -> Event:
    """Say on what the run computes; `dataset` holds name, train, validation and test counts, mean and std."""
    return _event(
        "started",
        device=device,
        dtype=dtype,
        layout=layout,
        threads=threads,
        parameters=parameters,
        dataset=dict(dataset),
        steps_per_epoch=steps_per_epoch,
    )


def steps(*, step: Sequence[int], loss: Sequence[float], metric: Sequence[float], lr: Sequence[float]) -> Event:
    """Bring the points since the last flush, as columns of equal length; steps count from 1.

    Raises ValueError when the columns differ in length.
    """
    lengths = {"step": len(step), "loss": len(loss), "metric": len(metric), "lr": len(lr)}
    if len(set(lengths.values())) != 1:
        raise ValueError(f"The columns of a steps event must be equally long; their lengths are {lengths}.")
    return _event("steps", step=list(step), loss=list(loss), metric=list(metric), lr=list(lr))


def epoch(
    *,
    epoch: int,
    step: int,
    train_loss: float,
    train_metric: float,
    validation_loss: float,
    validation_metric: float,
    seconds: float,
    images_per_second: float,
) -> Event:
    """Close epoch number `epoch`, counted from 1, at its last `step`; losses and metrics are means over images."""
    return _event(
        "epoch",
        epoch=epoch,
        step=step,
        train_loss=train_loss,
        train_metric=train_metric,
        validation_loss=validation_loss,
        validation_metric=validation_metric,
        seconds=seconds,
        images_per_second=images_per_second,
    )


def snapshot(*, epoch: int, step: int, kind: str, data: Mapping[str, Any]) -> Event:
    """Bring something to look at from the end of an epoch: `data` is small, or names an artifact."""
    return _event("snapshot", epoch=epoch, step=step, kind=kind, data=dict(data))


def checkpoint(*, step: int, epoch: int, file: str, sha256: str, size: int) -> Event:
    """Say that the state after `step` lies whole in `file`, a name in the run's folder; `size` in bytes."""
    return _event("checkpoint", step=step, epoch=epoch, file=file, sha256=sha256, bytes=size)


def rate_changed(*, step: int, value: float) -> Event:
    """Say that the learner set the learning rate to `value` after `step`."""
    return _event("rate_changed", step=step, value=value)


def diagnosis(*, kind: str, step: int, text: str, lesson: str) -> Event:
    """Name what the curve shows at `step`, with the id of the lesson that explains it."""
    return _event("diagnosis", kind=kind, step=step, text=text, lesson=lesson)


def paused(*, step: int) -> Event:
    """Say that the run rests after `step`."""
    return _event("paused", step=step)


def resumed(*, attempt: int, step: int) -> Event:
    """Say that `attempt` goes on from the state after `step`; what earlier attempts did past it does not count."""
    return _event("resumed", attempt=attempt, step=step)


def diverged(*, step: int) -> Event:
    """Say that the loss of `step` was no number any more."""
    return _event("diverged", step=step)


def finished(*, reason: str, summary: Mapping[str, Any]) -> Event:
    """End a run whose network is usable; raises ValueError for a reason outside FINISHED_REASONS."""
    return _event("finished", reason=_one_of(reason, FINISHED_REASONS), summary=dict(summary))


def failed(*, reason: str, remedy: str) -> Event:
    """End a run that broke; `remedy` is the sentence that the learner reads. Reasons are FAILED_REASONS."""
    return _event("failed", reason=_one_of(reason, FAILED_REASONS), remedy=remedy)


def cancelled() -> Event:
    """End a run that was taken back."""
    return _event("cancelled")


def counted(events: Iterable[tuple[int, Event]]) -> list[Event]:
    """Return the events whose points count, in order, from (attempt, event) pairs in the order of their rows.

    A later attempt goes on from the step of its `resumed` event, or from 0 when it only says `started`; points
    of earlier attempts past that step do not count, and neither does a step that its attempt said before. Events
    without a step always count. Page, CSV, goals and logs all ask this one function.

    >>> old = [(1, steps(step=[1, 2], loss=[2.3, 2.2], metric=[0.1, 0.1], lr=[0.1, 0.1]))]
    >>> new = [(2, resumed(attempt=2, step=1)), (2, steps(step=[2], loss=[2.1], metric=[0.2], lr=[0.1]))]
    >>> columns(counted(old + new))["loss"]
    [2.3, 2.1]
    """
    pairs = list(events)
    limits = _limits(pairs)
    seen: set[tuple[int, str, int]] = set()
    kept = (_count(attempt, event, limit=limits.get(attempt, math.inf), seen=seen) for attempt, event in pairs)
    return [event for event in kept if event is not None]


def columns(events: Iterable[Event]) -> Points:
    """Join the points of all `steps` events into one set of columns, in order of step."""
    rows = [row for event in events if event["type"] == "steps" for row in zip(*_lists(event), strict=True)]
    rows.sort(key=lambda row: int(row[0]))
    return {name: [row[place] for row in rows] for place, name in enumerate(COLUMNS)}


def thin(points: Mapping[str, Sequence[Any]], limit: int) -> Points:
    """Return at most `limit` of the points: the first, the last, and the lowest and highest of every bin.

    Loss and metric each keep their extremes, so that a spike survives any thinning; a loss of None (not a
    number) counts as the highest. Raises ValueError for a limit under 6, which leaves no room for one bin.
    """
    if limit < 6:
        raise ValueError(f"Points can be thinned to 6 or more; {limit} was given.")
    count = len(points["step"])
    if count <= limit:
        return {name: list(points[name]) for name in COLUMNS}
    bins = (limit - 2) // 4
    keep = {0, count - 1}
    for number in range(bins):
        part = range(number * count // bins, (number + 1) * count // bins)
        for name in ("loss", "metric"):
            keep |= _extremes(points[name], part)
    return {name: [points[name][index] for index in sorted(keep)] for name in COLUMNS}


def _event(name: str, /, **values: Any) -> Event:
    return {"type": name} | {key: _safe(value) for key, value in values.items()}


def _safe(value: Any) -> Any:
    """Return `value` with every float that JSON cannot say replaced by None."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): _safe(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_safe(inner) for inner in value]
    return value


def _one_of(reason: str, allowed: Sequence[str]) -> str:
    if reason not in allowed:
        raise ValueError(f"A reason must be one of {', '.join(allowed)}; {reason!r} was given.")
    return reason


def _lists(event: Event) -> list[list[Any]]:
    return [event[name] for name in COLUMNS]


def _limits(pairs: Sequence[tuple[int, Event]]) -> dict[int, float]:
    """Return, for each attempt, the last of its steps that counts."""
    begins: dict[int, float] = {}
    speaking: set[int] = set()
    for attempt, event in pairs:
        if event["type"] == "resumed" and attempt not in speaking:
            begins[attempt] = event["step"]
        elif event["type"] in ("started", "steps"):
            begins.setdefault(attempt, 0)
        if event["type"] == "steps":
            # A `resumed` after this is the end of a pause, not the beginning of the attempt.
            speaking.add(attempt)
    attempts = {attempt for attempt, _ in pairs}
    return {
        attempt: min((step for later, step in begins.items() if later > attempt), default=math.inf)
        for attempt in attempts
    }


def _count(attempt: int, event: Event, *, limit: float, seen: set[tuple[int, str, int]]) -> Event | None:
    """Return the part of `event` that counts, or None; remembers in `seen` what was said."""
    if event["type"] == "steps":
        fresh = [index for index, step in enumerate(event["step"]) if _is_fresh(attempt, "steps", step, limit, seen)]
        return steps(**{name: [event[name][index] for index in fresh] for name in COLUMNS}) if fresh else None
    if event["type"] == "resumed" or event.get("step") is None:
        return event
    kind = f"{event['type']}:{event.get('kind', '')}"
    return event if _is_fresh(attempt, kind, event["step"], limit, seen) else None


def _is_fresh(attempt: int, kind: str, step: int, limit: float, seen: set[tuple[int, str, int]]) -> bool:
    if step > limit or (attempt, kind, step) in seen:
        return False
    seen.add((attempt, kind, step))
    return True


def _extremes(values: Sequence[float | None], part: range) -> set[int]:
    """Return the places of the lowest and the highest value within `part`; None is above every number."""

    def height(index: int) -> float:
        value = values[index]
        return math.inf if value is None else value

    return {min(part, key=height), max(part, key=height)}
