"""Make someone an instructor: finds or makes the account, grants the role, prints how to sign in."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email

from accounts import roles
from accounts.credentials import Credentials, write_privately
from accounts.models import Role

CLASS_EMAIL = "instructor@class.example"


class Command(BaseCommand):
    """manage.py instructor --email ines@example.org [--name Ines] [--new-password]."""

    help = "Make someone an instructor; prints the address, and a random password where the account is new."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Say what may be given."""
        parser.add_argument("--email", default=CLASS_EMAIL, help=f"the address they sign in with ({CLASS_EMAIL})")
        parser.add_argument("--name", default="", help="the name that learners see")
        parser.add_argument("--new-password", action="store_true", help="give an existing account a new password")

    def handle(self, *args: Any, email: str, name: str, new_password: bool, **options: Any) -> None:
        """Find or make the account and grant the role."""
        try:
            validate_email(email)
        except ValidationError as error:
            raise CommandError(f"{email!r} is no email address.") from error
        user, password = roles.find_or_create_account(email, name=name)
        if new_password and not password:
            password = roles.new_password(user)
        roles.grant_role(user, Role.INSTRUCTOR)
        self._tell(Credentials("instructor", user, password))

    def _tell(self, credentials: Credentials) -> None:
        path = Path(settings.DATA_DIR) / "instructor_account.txt"
        if credentials.password:
            write_privately(path, [credentials])
        self.stdout.write(credentials.line())
        if path.exists():
            self.stdout.write(f"The password made last is in {path}")
