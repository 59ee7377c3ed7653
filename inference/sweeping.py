"""Find what was lost or has had its time: claims of dead workers, questions nobody heard, pictures to be erased."""

from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q
from django.utils import timezone

import rings
from inference import claiming, erasing
from inference.asking import QUEUE, TASK
from inference.models import Query, QueryState

# Someone is looking at an empty page: two leases after asking they are told instead of kept waiting.
PATIENCE_LEASES: Final = 2
TRY_AGAIN: Final = "No worker could answer this time. Your picture is still here: ask again."


def sweep(*, now: datetime) -> None:
    """Put questions of dead workers back, end those that waited too long, ring for the rest, erase old pictures."""
    for query in lost(now=now):
        settle(query, now=now)
    if Query.objects.filter(state=QueryState.QUEUED).exists() and rings.is_silent(QUEUE):
        rings.knock(TASK, queue=QUEUE)
    erasing.erase_expired(now=now)


def lost(*, now: datetime) -> list[Query]:
    """Return open questions whose lease has run out, or that have been queued for too long."""
    expired = Q(state=QueryState.RUNNING, lease_until__lt=now)
    unheard = Q(state=QueryState.QUEUED, created_at__lt=_patience_began(now))
    return list(Query.objects.filter(expired | unheard))


def settle(query: Query, *, now: datetime) -> None:
    """End one lost question with a sentence, or queue it once more while its owner may still be waiting."""
    if query.created_at < _patience_began(now):
        claiming.give_up(query, TRY_AGAIN)
        return
    mine = Query.objects.filter(id=query.id, fence=query.fence, state=QueryState.RUNNING)
    if mine.update(state=QueryState.QUEUED, lease_until=None):
        rings.knock(TASK, queue=QUEUE)


def settle_if_lost(query: Query) -> None:
    """Settle one question that its owner asks after: the truth does not wait for the sweeper."""
    now = timezone.now()
    overdue = query.state == QueryState.RUNNING and query.lease_until is not None and query.lease_until < now
    unheard = query.state == QueryState.QUEUED and query.created_at < _patience_began(now)
    if overdue or unheard:
        settle(query, now=now)
        query.refresh_from_db()


def _patience_began(now: datetime) -> datetime:
    return now - timedelta(seconds=PATIENCE_LEASES * claiming.lease_seconds())
