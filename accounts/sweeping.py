"""What the sweeper does for accounts: erase guests who stayed away, forget sessions that ended."""

from datetime import datetime

from django.contrib.sessions.models import Session

from accounts.guests import erase_idle_guests


def sweep(*, now: datetime) -> None:
    """Erase what nobody comes back to; two looks at an index when there is nothing."""
    erase_idle_guests(now=now)
    ended = Session.objects.filter(expire_date__lt=now)
    # Asked first: a delete takes SQLite's only write lock even where it finds nothing.
    if ended.exists():
        ended.delete()
