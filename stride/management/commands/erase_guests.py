"""Erase guests who stayed away; the sweeper does the same."""

from typing import Any

from django.core.management.base import BaseCommand

from accounts import guests
from accounts.models import GUEST_IDLE_DAYS


class Command(BaseCommand):
    """manage.py erase_guests."""

    help = f"Erase every guest whom nobody has seen for {GUEST_IDLE_DAYS} days, and all that was theirs."

    def handle(self, *args: Any, **options: Any) -> None:
        """Erase them and say how many there were."""
        self.stdout.write(f"{guests.erase_idle_guests()} guests erased")
