"""What is taught, and how far each learner has come."""

from django.apps import AppConfig


class CoursesConfig(AppConfig):
    """Lessons, releases, knowledge checks, progress and cohorts."""

    name = "courses"

    def ready(self) -> None:
        """Tell accounts what courses keeps about a person."""
        from accounts import personal_data
        from courses import keeping

        personal_data.register(
            "courses", export=keeping.export, erase=keeping.erase, merge=keeping.merge, keeps=keeping.KEEPS
        )
