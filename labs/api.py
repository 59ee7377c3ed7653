"""The API of labs and runs."""

from ninja import Router

labs_router = Router()
runs_router = Router()
