"""Note when people were last here, so that guests who stay away can be erased."""

from collections.abc import Callable
from datetime import timedelta

import structlog
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.models import User

SEEN_EVERY = timedelta(minutes=10)
log = structlog.get_logger(__name__)


class LastSeenMiddleware:
    """Write `last_seen_at` at most every ten minutes a person, and only where the view has loaded them anyway."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        # Set by Django once `request.user` has been read; asking for the user here would cost two queries a page.
        user = getattr(request, "_cached_user", None)
        if isinstance(user, User) and user.pk and timezone.now() - user.last_seen_at >= SEEN_EVERY:
            _note(user)
            # Written again with the row of the visit, a session lasts as long as its owner keeps coming.
            request.session.modified = True
        return response


def _note(user: User) -> None:
    now = timezone.now()
    try:
        User.objects.filter(pk=user.pk, last_seen_at__lt=now).update(last_seen_at=now)
    except DatabaseError:
        # The answer is ready and right; losing one note of a visit must not turn it into an error.
        log.warning("last visit not noted", user=str(user.pk), exc_info=True)
