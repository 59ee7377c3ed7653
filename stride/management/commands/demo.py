"""People to try Stride with: an instructor and two learners in a class. On one's own machine only."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts import roles
from accounts.credentials import Credentials, write_privately
from accounts.models import Role, User
from courses.models import Cohort, Course
from teach import enrolment

INSTRUCTOR = ("instructor@demo.example", "Ines (demo)")
LEARNERS = (("ada@demo.example", "Ada (demo)"), ("emil@demo.example", "Emil (demo)"))
CLASS_NAME = "Demo class"


class Command(BaseCommand):
    """manage.py demo."""

    help = "Make demo accounts with random passwords and a demo class; later runs say where the passwords are."

    def handle(self, *args: Any, **options: Any) -> None:
        """Make what is missing; print passwords only when they are new."""
        if settings.MODE != "embedded":
            raise CommandError(f"Demo accounts are for a Stride of one's own; this one runs in {settings.MODE} mode.")
        path = Path(settings.DATA_DIR) / "demo_accounts.txt"
        with transaction.atomic():
            handed_out = _make_people(renew=not path.exists() or _is_someone_missing())
            _make_class(*(one.user for one in handed_out))
        if any(one.password for one in handed_out):
            write_privately(path, handed_out)
            self.stdout.write("Demo accounts, made just now:")
            for one in handed_out:
                self.stdout.write(f"  {one.line()}")
        self.stdout.write(f"Demo accounts: their passwords are in {path}")


def _is_someone_missing() -> bool:
    emails = [email for email, _ in (INSTRUCTOR, *LEARNERS)]
    return User.objects.filter(email__in=emails).count() < len(emails)


def _make_people(*, renew: bool) -> list[Credentials]:
    """Return the demo people, the instructor first; `renew` gives all new passwords, so that the file is whole."""
    people = []
    for role, (email, name) in (("instructor", INSTRUCTOR), *(("learner", learner) for learner in LEARNERS)):
        user, password = roles.find_or_create_account(email, name=name)
        if renew and not password:
            password = roles.new_password(user)
        people.append(Credentials(role, user, password))
    roles.grant_role(people[0].user, Role.INSTRUCTOR)
    return people


def _make_class(instructor: User, *learners: User) -> None:
    """Make the demo class where a course is published and there is none yet."""
    course = Course.objects.exclude(published=None).first()
    if course is None or Cohort.objects.filter(instructors=instructor).exists():
        return
    cohort = enrolment.open_cohort(name=CLASS_NAME, course=course, instructor=instructor)
    for learner in learners:
        enrolment.join(cohort, learner=learner, name=learner.shown_name)
