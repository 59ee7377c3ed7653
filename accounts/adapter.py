"""How sign-up and sign-in treat guests, and whom a password guesser locks out."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.base_user import AbstractBaseUser
from django.forms import BaseForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts import personal_data
from accounts.models import Preferences, User
from accounts.policy import is_someone


class AccountAdapter(DefaultAccountAdapter):
    """Converts a guest in place at sign-up; merges a guest at sign-in."""

    # Each says what to do; whether an address has an account is told at sign-up alone, where it cannot be hidden.
    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _("Address and password do not fit together. Check both, or set a new password."),
        "too_many_login_attempts": _("Too many tries with this address. Wait five minutes, then try again."),
        "email_taken": _("There is an account with this address. Sign in to it: what you made so far moves there."),
    }

    def new_user(self, request: HttpRequest) -> User:
        """Return the guest who signs up, so that what they made stays theirs; else a new person."""
        guest = _guest_of(request)
        # Read again: the form fills in this object before it is known to be free of errors.
        return User.objects.get(pk=guest.pk) if guest else User()

    def save_user(self, request: HttpRequest, user: User, form: BaseForm, commit: bool = True) -> AbstractBaseUser:
        """Save address, password and the name that was given."""
        user.name = form.cleaned_data.get("name") or user.name
        saved: AbstractBaseUser = super().save_user(request, user, form, commit=commit)
        return saved

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        """Hand a guest's work to the account that signs in, then sign in with a new session key.

        In this order, so that a failing merge leaves the guest signed in and their work where it was.
        """
        guest = _guest_of(request)
        if guest and isinstance(user, User) and guest.pk != user.pk:
            personal_data.merge(guest, into=user)
        super().login(request, user)
        # Pages take it from the session, which they read anyway.
        request.session["theme"] = Preferences.objects.filter(user=user.pk).values_list("theme", flat=True).first()

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        # Counted by account and address together: a guesser elsewhere must not lock the owner out.
        key: str = super()._get_login_attempts_cache_key(request, **credentials)
        return f"{key}:{self.get_client_ip(request)}"


def _guest_of(request: HttpRequest) -> User | None:
    user = request.user
    return user if is_someone(user) and user.is_guest else None
