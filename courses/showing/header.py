"""What the header of every page knows of the person, in one query, and only when the header asks."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
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
    """Return what the header shows of a person; a visitor costs no query, anyone else one."""
    if not isinstance(person, User):
        return Header()
    due = ReviewCard.objects.filter(learner=OuterRef("pk")).due(by=due_by()).askable()
    teaches = RoleGrant.objects.filter(user=OuterRef("pk"), role=Role.INSTRUCTOR)
    row = User.objects.filter(pk=person.pk).values_list(Exists(teaches), Coalesce(Subquery(_counted(due)), 0)).first()
    return Header() if row is None else Header(teaches=bool(row[0]) and not person.is_guest, due=row[1])


def _counted(cards: QuerySet[ReviewCard]) -> QuerySet[ReviewCard, Any]:
    return cards.order_by().values("learner").annotate(number=Count("pk")).values("number")
