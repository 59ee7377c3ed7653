"""Claim the fairest queued run: by one conditional UPDATE, so that no two workers ever hold one run.

Order: an instructor's priority while it lasts, then the owner with the fewest running runs, then the owner who has
waited longest since a run of theirs was served, then the oldest run. One learner's fifty runs cannot starve a class.
"""

import uuid
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from labs import announcing
from labs.models import Run

# Heartbeats are the times at which an owner was served; an owner without any comes first (COALESCE to the epoch).
_FAIREST: Final = """
    SELECT waiting.id FROM labs_run waiting WHERE waiting.state = 'queued'
    ORDER BY
        CASE WHEN waiting.priority_until > %(now)s THEN 0 ELSE 1 END,
        (SELECT COUNT(*) FROM labs_run busy WHERE busy.owner_id = waiting.owner_id AND busy.state = 'running'),
        (SELECT COALESCE(MAX(served.heartbeat_at), %(never)s)
            FROM labs_run served WHERE served.owner_id = waiting.owner_id),
        waiting.queued_at, waiting.id
    LIMIT 1
"""
_CLAIM: Final = """
    UPDATE labs_run SET state = 'running', fence = fence + 1, worker = %(worker)s, lease_until = %(lease_until)s,
        heartbeat_at = %(now)s, last_step_at = %(now)s, started_at = COALESCE(started_at, %(now)s)
    WHERE state = 'queued' AND id = ({fairest})
    RETURNING id
"""
_NEVER: Final = datetime(1970, 1, 1, tzinfo=timezone.get_default_timezone())


@transaction.atomic
def claim(*, worker: str) -> Run | None:
    """Claim the fairest queued run for `worker`: raise its fence, set its lease. None when nothing is queued."""
    # On PostgreSQL a row that another worker is claiming is passed over, not waited for; SQLite has one writer.
    lock = " FOR UPDATE OF waiting SKIP LOCKED" if connection.vendor == "postgresql" else ""
    now = timezone.now()
    values = {"worker": worker, "now": now, "lease_until": lease_from(now), "never": _NEVER}
    with connection.cursor() as cursor:
        cursor.execute(
            _CLAIM.format(fairest=_FAIREST + lock), {name: _adapted(value) for name, value in values.items()}
        )
        row = cursor.fetchone()
    if row is None:
        return None
    run = Run.objects.select_related("lab_version", "owner").get(pk=uuid.UUID(str(row[0])))
    announcing.announce(run)
    return run


def lease_from(moment: datetime) -> datetime:
    """Return how long a worker that was alive at `moment` may keep its run."""
    return moment + timedelta(seconds=settings.STRIDE_LEASE_SECONDS)


def _adapted(value: Any) -> Any:
    """Return the value as this database's columns hold it: raw SQL passes by Django's own conversion."""
    return connection.ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else value
