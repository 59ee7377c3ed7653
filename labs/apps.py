"""Training runs."""

from django.apps import AppConfig


class LabsConfig(AppConfig):
    """Labs, the fair queue, the worker's side and the live stream."""

    name = "labs"

    def ready(self) -> None:
        """Tell courses how to read and store labs, and accounts what labs keep about a person."""
        from accounts import personal_data
        from courses.publishing import register_part_kind
        from labs import keeping, parts

        register_part_kind("lab", parse=parts.parse, validate=parts.validate, store=parts.store, folder="labs")
        personal_data.register(
            "runs", export=keeping.export, erase=keeping.erase, merge=keeping.merge, keeps=keeping.KEEPS
        )
