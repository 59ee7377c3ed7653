"""Asking a trained network."""

from django.apps import AppConfig


class InferenceConfig(AppConfig):
    """Images in; predictions and explanations out."""

    name = "inference"

    def ready(self) -> None:
        """Tell courses how to read a look inside."""
        from courses.publishing import register_part_kind
        from inference import parts

        register_part_kind("inside", parse=parts.parse, validate=parts.validate, store=parts.store)
