"""What accounts itself keeps about a person."""

from typing import Any

from allauth.account.models import EmailAddress

from accounts import personal_data
from accounts.models import GUEST_IDLE_DAYS, Preferences, User

KEEPS = (
    personal_data.Kept(
        "Your name, email address, password (as a hash) and preferences", "until you erase your account"
    ),
    personal_data.Kept("Your personal tokens (as hashes) and when each was last used", "until you revoke them"),
    personal_data.Kept("Everything a guest has made", f"{GUEST_IDLE_DAYS} days after the guest's last visit"),
)


def register() -> None:
    """Add accounts to the registry of personal data."""
    personal_data.register("account", export=export, erase=erase, merge=merge, keeps=KEEPS)


def export(user: User) -> dict[str, Any]:
    """Return who this person is to Stride."""
    return {
        "id": str(user.pk),
        "name": user.name,
        "email": user.email,
        "addresses": list(EmailAddress.objects.filter(user=user).values("email", "verified", "primary")),
        "joined": user.date_joined,
        "last_seen": user.last_seen_at,
        "roles": list(user.role_grants.values("role", "granted_at")),
        "tokens": list(user.access_tokens.values("name", "created_at", "last_used_at")),
        "preferences": Preferences.objects.filter(user=user).values("theme").first(),
    }


def erase(user: User) -> None:
    """Leave it to the row: addresses, preferences and roles go with it."""


def merge(guest: User, *, into: User) -> None:
    """Give the account the guest's theme and name where it has none of its own."""
    if guest.name and not into.name:
        into.name = guest.name
        into.save(update_fields=["name"])
    if not Preferences.objects.filter(user=into).exists():
        Preferences.objects.filter(user=guest).update(user=into)
