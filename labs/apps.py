"""Training runs."""

from django.apps import AppConfig


class LabsConfig(AppConfig):
    """Labs, the fair queue, the worker's side and the live stream."""

    name = "labs"
