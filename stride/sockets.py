"""Every web socket's address."""

from django.urls import path

from labs.consumers import RunConsumer
from teach.consumers import CohortConsumer

routes = [
    path("ws/runs/<uuid:run_id>/", RunConsumer.as_asgi()),
    path("ws/cohorts/<uuid:cohort_id>/", CohortConsumer.as_asgi()),
]
