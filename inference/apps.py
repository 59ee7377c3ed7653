"""Asking a trained network."""

from django.apps import AppConfig


class InferenceConfig(AppConfig):
    """Images in; predictions and explanations out."""

    name = "inference"

    def ready(self) -> None:
        """Tell courses how to read a look inside, and accounts what is kept about a person and shown to them."""
        from accounts import own_page, personal_data
        from courses.publishing import register_part_kind
        from inference import keeping, parts
        from inference.own_page import networks_of

        own_page.register("networks", template="inference/_me.html", context=networks_of)
        register_part_kind("inside", parse=parts.parse, validate=parts.validate, store=parts.store)
        personal_data.register(
            "pictures", export=keeping.export, erase=keeping.erase, merge=keeping.merge, keeps=keeping.KEEPS
        )
