"""Every web socket's address."""

from channels.generic.websocket import AsyncWebsocketConsumer
from django.urls import path, re_path

from labs.consumers import RunConsumer
from teach.consumers import CohortConsumer


class Nothing(AsyncWebsocketConsumer):
    """Refuses whoever asks for a socket that does not exist."""

    channel_layer_alias = None

    async def connect(self) -> None:
        """Answer 403, as for a run that is not for this person."""
        await self.close()


routes = [
    path("ws/runs/<uuid:run_id>/", RunConsumer.as_asgi()),
    path("ws/cohorts/<uuid:cohort_id>/", CohortConsumer.as_asgi()),
    # Without it an address that is no socket ends in a traceback.
    re_path("", Nothing.as_asgi()),
]
