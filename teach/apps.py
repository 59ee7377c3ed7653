"""What instructors see and do."""

from django.apps import AppConfig


class TeachConfig(AppConfig):
    """Cohorts, invites and the class board; it has no rows of its own."""

    name = "teach"

    def ready(self) -> None:
        """Tell accounts what happens to classes when an instructor goes."""
        from accounts import personal_data
        from teach import keeping

        personal_data.register(
            "classes", export=keeping.export, erase=keeping.erase, merge=keeping.merge, keeps=keeping.KEEPS
        )
