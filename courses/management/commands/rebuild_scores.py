"""Compute scores and completions again from the answers (`manage.py rebuild_scores`)."""

from typing import Any

from django.core.management.base import BaseCommand

from courses.rebuilding import rebuild_scores


class Command(BaseCommand):
    """Bring the projections up to date with the answers."""

    help = "Compute every attempt's score and every completion again from the recorded answers."

    def handle(self, *args: Any, **options: Any) -> None:
        """Rebuild, and say how many attempts differed."""
        self.stdout.write(f"{rebuild_scores()} attempts differed and were corrected.")
