"""Compute scores, completions and review cards again from the answers (`manage.py rebuild_scores`)."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from courses.rebuilding import rebuild_scores
from courses.remembering import make_missing_cards, rebuild_cards


class Command(BaseCommand):
    """Bring the projections up to date with the answers."""

    help = "Compute every attempt's score, every completion and every review card again from the recorded answers."

    def add_arguments(self, parser: CommandParser) -> None:
        """Say what else it can do."""
        parser.add_argument("--missing-cards", action="store_true", help="Only make cards of answers older than cards.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Rebuild, and say how many attempts and cards differed."""
        if options["missing_cards"]:
            if made := make_missing_cards():
                self.stdout.write(f"{made} review cards were made from answers that are older than the review.")
            return
        self.stdout.write(f"{rebuild_scores()} attempts differed and were corrected.")
        self.stdout.write(f"{rebuild_cards()} review cards differed and were corrected.")
