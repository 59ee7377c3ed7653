"""Who is signed in, asked anew: for sockets, which outlive the request that opened them."""

from importlib import import_module

from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest

from accounts.models import User


def user_of(session_key: str | None) -> User | None:
    """Return who is signed in to this session now, read from its row; None when it ended or the person is gone."""
    if not session_key:
        return None
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    user = get_user(request)
    return user if isinstance(user, User) and user.is_active else None
