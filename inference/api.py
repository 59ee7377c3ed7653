"""The API of inference."""

from ninja import Router

router = Router()
