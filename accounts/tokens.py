"""Personal tokens: a script that holds one acts as its owner over the API, and nowhere else."""

import hashlib
import secrets
from datetime import timedelta
from typing import Final

from django.utils import timezone

from accounts.models import AccessToken, User

# So that a token is recognised in a log or a repository where it should not be.
PREFIX: Final = "stride_"
MOST_TOKENS: Final = 20
USED_EVERY: Final = timedelta(minutes=1)


def make(user: User, *, name: str) -> str:
    """Make a token and return its text, which is kept nowhere: 256 random bits, so that a plain hash is enough."""
    text = PREFIX + secrets.token_urlsafe(32)
    AccessToken.objects.create(user=user, name=name, sha256=_hash(text))
    return text


def find(text: str) -> AccessToken | None:
    """Return the token of this text with its owner, and note its use; None when there is none, or its owner is out."""
    token = AccessToken.objects.select_related("user").filter(sha256=_hash(text), user__is_active=True).first()
    if token is None:
        return None
    now = timezone.now()
    if token.last_used_at is None or now - token.last_used_at >= USED_EVERY:
        AccessToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return token


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
