"""Who someone is."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Users, guests, roles, preferences, and the registry of personal data."""

    name = "accounts"
