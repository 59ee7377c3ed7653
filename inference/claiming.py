"""Who answers a question: claims by conditional UPDATE under a rising fence, and the two ways to end one."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import F
from django.utils import timezone

import rings
from inference.models import Query, QueryState


def lease_seconds() -> float:
    """Return how long one claim holds."""
    return float(settings.STRIDE_ANSWER_SECONDS)


def claim() -> Query | None:
    """Take the oldest queued question for this worker, or return None when there is none."""
    while (waiting := Query.objects.filter(state=QueryState.QUEUED).order_by("created_at").first()) is not None:
        taken = Query.objects.filter(id=waiting.id, state=QueryState.QUEUED, fence=waiting.fence).update(
            state=QueryState.RUNNING,
            fence=F("fence") + 1,
            lease_until=timezone.now() + timedelta(seconds=lease_seconds()),
        )
        if taken:
            return Query.objects.select_related("network", "upload").get(id=waiting.id)
    return None


def answer(query: Query, result: dict[str, Any]) -> bool:
    """Write the answer where this claim still holds; False when someone else got there."""
    return _end(query, state=QueryState.ANSWERED, answer=result)


def give_up(query: Query, remedy: str) -> bool:
    """End a question without an answer; `remedy` is what its owner reads. False when someone else got there."""
    return _end(query, state=QueryState.FAILED, remedy=remedy)


def _end(query: Query, **values: Any) -> bool:
    mine = Query.objects.filter(id=query.id, fence=query.fence, state=query.state)
    changed = mine.update(lease_until=None, ended_at=timezone.now(), **values)
    if changed:
        rings.publish(f"query:{query.id}")
    return bool(changed)
