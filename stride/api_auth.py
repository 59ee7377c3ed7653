"""Who asks the API: a signed-in browser, or a script with a personal token; and how often a script may."""

from typing import Any, Final

from django.http import HttpRequest
from ninja.security import HttpBearer
from ninja.throttling import SimpleRateThrottle

from accounts import tokens
from accounts.models import AccessToken

RATE: Final = "600/m"


class TokenAuth(HttpBearer):
    """`Authorization: Bearer <token>`: the request is its owner's, as far as the API goes. Needs no CSRF token."""

    def authenticate(self, request: HttpRequest, token: str) -> AccessToken | None:
        """Make the token's owner the request's user; None lets the next way of signing in try."""
        found = tokens.find(token)
        if found is not None:
            request.user = found.user
        return found


class TokenThrottle(SimpleRateThrottle):
    """At most RATE requests for one token, counted in each web process; a browser's are not counted."""

    scope = "token"

    def __init__(self) -> None:
        super().__init__(RATE)

    def get_cache_key(self, request: HttpRequest) -> str | None:
        """Return the name under which this request counts; None when it does not."""
        token: Any = getattr(request, "auth", None)
        return f"stride-token-{token.pk}" if isinstance(token, AccessToken) else None
