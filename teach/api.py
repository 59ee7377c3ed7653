"""The API of teach."""

from ninja import Router

router = Router()
