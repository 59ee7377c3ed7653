"""What the sweeper does for accounts: erase guests who stayed away."""

from datetime import datetime

from accounts.guests import erase_idle_guests


def sweep(*, now: datetime) -> None:
    """Erase guests whose time is over; one look at an index when there are none."""
    erase_idle_guests(now=now)
