"""Give people roles and make accounts for people who did not sign up themselves."""

import secrets

from allauth.account.models import EmailAddress
from django.db import transaction

from accounts.models import Role, RoleGrant, User

PASSWORD_BYTES = 12


def grant_role(user: User, role: Role, *, by: User | None = None) -> bool:
    """Give someone a role; return whether they did not have it before. Raises ValueError for a guest."""
    if user.is_guest:
        raise ValueError("A guest cannot hold a role; they must sign up first.")
    _, is_new = RoleGrant.objects.get_or_create(user=user, role=role, defaults={"granted_by": by})
    return is_new


@transaction.atomic
def create_account(email: str, *, name: str = "") -> tuple[User, str]:
    """Create an account with a random password; return both. The password is stored nowhere but as a hash."""
    user = User.objects.create_user(email, None, name=name)
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    return user, new_password(user)


def find_or_create_account(email: str, *, name: str = "") -> tuple[User, str]:
    """Return the account with this address and an empty text, or a new one and its random password."""
    user = User.objects.filter(email=email.lower()).first()
    return (user, "") if user else create_account(email, name=name)


def new_password(user: User) -> str:
    """Give an account a random password, which ends its sessions; return it."""
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    user.set_password(password)
    user.save(update_fields=["password"])
    return password
