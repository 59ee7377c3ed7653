"""Who someone is."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Users, guests, roles, preferences, and the registry of personal data."""

    name = "accounts"

    def ready(self) -> None:
        """Register what accounts itself keeps about people."""
        from accounts import own_data

        own_data.register()
