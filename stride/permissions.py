"""What pages may ask a browser for: nothing that sees, hears or locates, unless a page says that it needs it."""

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse

HEADER: Final = "Permissions-Policy"
NOTHING: Final = "camera=(), microphone=(), geolocation=(), display-capture=()"


class PermissionsMiddleware:
    """Sets the header on every answer that has none."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer as the site does, with the header."""
        response = self._get_response(request)
        response.headers.setdefault(HEADER, NOTHING)
        return response
