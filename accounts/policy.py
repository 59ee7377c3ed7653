"""What someone may do because of who they are."""

from typing import TypeGuard

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser

from accounts.models import User

Visitor = AbstractBaseUser | AnonymousUser


def is_someone(user: Visitor) -> TypeGuard[User]:
    """Whether this is a person with a row: a guest or someone who signed up."""
    return isinstance(user, User) and user.is_authenticated and user.is_active


def is_signed_up(user: Visitor) -> TypeGuard[User]:
    """Whether this person has an account with an email address."""
    return is_someone(user) and not user.is_guest


def is_instructor(user: Visitor) -> TypeGuard[User]:
    """Whether this person may make classes. Being able to use the admin does not make an instructor."""
    return is_signed_up(user) and user.is_instructor
