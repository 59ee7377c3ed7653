"""What is taught, and how far each learner has come."""

from django.apps import AppConfig


class CoursesConfig(AppConfig):
    """Lessons, releases, knowledge checks, progress and cohorts."""

    name = "courses"

    def ready(self) -> None:
        """Tell accounts what courses keeps about a person and shows them; name the parts that are courses' own."""
        from accounts import own_page, personal_data
        from courses import keeping
        from courses.publishing import exercises, register_part_kind
        from courses.showing.own_page import progress_of

        own_page.register("progress", template="courses/_me.html", context=progress_of)

        personal_data.register(
            "courses", export=keeping.export, erase=keeping.erase, merge=keeping.merge, keeps=keeping.KEEPS
        )
        register_part_kind(
            "exercise", parse=exercises.parse, validate=exercises.validate, store=exercises.store, folder="exercises"
        )
