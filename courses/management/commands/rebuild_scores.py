"""Compute scores, completions and review cards again from the answers (`manage.py rebuild_scores`)."""

from typing import Any

from django.core.management.base import BaseCommand

from courses.rebuilding import rebuild_scores
from courses.remembering import rebuild_cards


class Command(BaseCommand):
    """Bring the projections up to date with the answers."""

    help = "Compute every attempt's score, every completion and every review card again from the recorded answers."

    def handle(self, *args: Any, **options: Any) -> None:
        """Rebuild, and say how many attempts and cards differed."""
        self.stdout.write(f"{rebuild_scores()} attempts differed and were corrected.")
        self.stdout.write(f"{rebuild_cards()} review cards differed and were corrected.")
