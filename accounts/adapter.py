"""How sign-up and sign-in treat guests."""

from allauth.account.adapter import DefaultAccountAdapter


class AccountAdapter(DefaultAccountAdapter):
    """Converts a guest in place at sign-up; merges a guest at sign-in."""
