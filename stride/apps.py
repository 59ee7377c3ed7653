"""The project as an app: its commands, logs and Celery."""

from django.apps import AppConfig


class StrideConfig(AppConfig):
    """Wire Celery and the logs when Django starts."""

    name = "stride"

    def ready(self) -> None:
        """Make Stride's Celery app the current one, so that `shared_task` finds it in every process."""
        from stride import logs
        from stride.celery import app

        logs.configure()
        app.set_current()
        app.set_default()
