"""The live stream of a run."""

from channels.generic.websocket import AsyncWebsocketConsumer


class RunConsumer(AsyncWebsocketConsumer):
    """Sends one run's frames."""
