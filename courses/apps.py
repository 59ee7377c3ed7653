"""What is taught, and how far each learner has come."""

from django.apps import AppConfig


class CoursesConfig(AppConfig):
    """Lessons, releases, knowledge checks, progress and cohorts."""

    name = "courses"
