"""Points wait on the device and are read many at once: reading them is the only time the device is waited for."""

import itertools
import math
import time
from dataclasses import dataclass, field

import torch

from nets import events
from nets.events import Event
from nets.session import Point, Session


@dataclass(slots=True)
class Pending:
    """Points that were computed and not yet told; `apart` is the least time between two tellings, in seconds."""

    apart: float
    points: list[Point] = field(default_factory=list)
    told_at: float = -math.inf

    def is_due(self) -> bool:
        """Say whether the points have waited long enough."""
        return time.perf_counter() - self.told_at >= self.apart

    def flush(self, session: Session) -> tuple[Event, int | None]:
        """Return the points as one event, and the first step whose loss is no number."""
        points, self.points = self.points, []
        losses: list[float] = torch.stack([point.loss for point in points]).tolist()
        corrects = _corrects(points)
        self.told_at = time.perf_counter()
        for point, loss, correct in zip(points, losses, corrects, strict=True):
            session.note(loss=loss, correct=correct, size=len(point.labels))
        bad = next((place for place, loss in enumerate(losses) if not math.isfinite(loss)), None)
        told = len(points) if bad is None else bad + 1
        metrics = [correct / len(point.labels) for point, correct in zip(points, corrects, strict=True)]
        event = events.steps(
            step=[point.step for point in points[:told]],
            loss=[_short(loss) for loss in losses[:told]],
            metric=[_short(metric) for metric in metrics[:told]],
            lr=[point.rate for point in points[:told]],
        )
        return event, None if bad is None else points[bad].step


def _corrects(points: list[Point]) -> list[int]:
    """Return how many images of each step were named rightly, with one reading for all steps."""
    logits = torch.cat([point.logits for point in points])  # (images of all steps, classes)
    labels = torch.cat([point.labels for point in points])
    hits = iter((logits.argmax(dim=1) == labels).tolist())
    return [sum(itertools.islice(hits, len(point.labels))) for point in points]


def _short(value: float) -> float:
    """Return the seven digits that a float32 holds; the other ten would only fill rows and wires."""
    return float(f"{value:.7g}")
