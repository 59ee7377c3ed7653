"""The live class board."""

from channels.generic.websocket import AsyncWebsocketConsumer


class CohortConsumer(AsyncWebsocketConsumer):
    """Tells a board to look again."""
