"""Guests: people who have not signed up, made at their first POST and erased when they stay away."""

from datetime import datetime

import structlog
from django.contrib.auth import login
from django.db import DatabaseError
from django.http import HttpRequest
from django.utils import timezone

from accounts import personal_data
from accounts.models import User

BACKEND = "django.contrib.auth.backends.ModelBackend"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
log = structlog.get_logger(__name__)


class GuestRefused(Exception):
    """A guest was asked for while answering a request that may not change anything."""


def ensure_user(request: HttpRequest) -> User:
    """Return who sends this POST, as a new guest when nobody is signed in; raises GuestRefused on a GET."""
    if request.user.is_authenticated:
        return request.user
    if request.method in SAFE_METHODS:
        raise GuestRefused(f"A {request.method} makes no guest; only a request that submits something does.")
    guest = User.objects.create_guest()
    _sign_in_keeping_token(request, guest)
    return guest


def erase_idle_guests(*, now: datetime | None = None) -> int:
    """Erase every guest whom nobody has seen for `GUEST_IDLE_DAYS`, one transaction each; return how many."""
    idle = list(User.objects.guests().idle_guests(now=now or timezone.now()))
    count = sum(_erase(guest) for guest in idle)
    if count:
        log.info("idle guests erased", count=count)
    return count


def _erase(guest: User) -> bool:
    try:
        personal_data.erase(guest)
    except DatabaseError:
        # One guest whose rows cannot go must not keep the data of all who come after.
        log.exception("idle guest not erased", guest=str(guest.pk))
        return False
    return True


def _sign_in_keeping_token(request: HttpRequest, guest: User) -> None:
    # Django changes the CSRF token at every sign-in, which would break the forms in a visitor's other tabs. Becoming
    # a guest wins nobody any right, so the token stays until they sign up or sign in.
    token = request.META.get("CSRF_COOKIE")
    login(request, guest, backend=BACKEND)
    if token:
        request.META["CSRF_COOKIE"] = token
