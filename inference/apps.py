"""Asking a trained network."""

from django.apps import AppConfig


class InferenceConfig(AppConfig):
    """Images in; predictions and explanations out."""

    name = "inference"
