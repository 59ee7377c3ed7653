"""What instructors see and do."""

from django.apps import AppConfig


class TeachConfig(AppConfig):
    """Cohorts, invites and the class board; it has no rows of its own."""

    name = "teach"
