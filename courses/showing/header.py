"""What the header of every page knows of the person; it is asked only when the header is shown."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.models import Role, RoleGrant, User
from courses.models import ReviewCard
from courses.reviewing import due_by


@dataclass(frozen=True, slots=True)
class Header:
    """What the header shows besides the name: whether the person teaches, and how many ideas are due for review."""

    teaches: bool = False
    due: int = 0


def header(request: HttpRequest) -> dict[str, Any]:
    """Give every template `header`, which costs nothing until it is used."""
    return {"header": SimpleLazyObject(lambda: header_of(getattr(request, "user", None)))}


def header_of(person: object) -> Header:
    """Return what the header shows of a person: no query for a visitor, one for most, two where a card is due.

    Whether a card's lesson is open takes a long query to tell, which takes longer to write than to run; pages of people
    with nothing due are spared it.
    """
    if not isinstance(person, User):
        return Header()
    due = ReviewCard.objects.filter(learner=OuterRef("pk"), due_at__lte=due_by())
    teaches = RoleGrant.objects.filter(user=OuterRef("pk"), role=Role.INSTRUCTOR)
    row = User.objects.filter(pk=person.pk).values_list(Exists(teaches), Exists(due)).first()
    if row is None:
        return Header()
    teaching, has_due = row
    return Header(teaches=bool(teaching) and not person.is_guest, due=due_for(person) if has_due else 0)


def due_for(person: User) -> int:
    """Return how many ideas are due now in lessons that are open to a person. One query."""
    return ReviewCard.objects.filter(learner=person).due(by=due_by()).askable().count()
