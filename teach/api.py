"""The API of teach: the same board, for scripts."""

import uuid
from dataclasses import asdict
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router, Schema

from courses.models import Cohort
from teach import policy
from teach.board import Heading, Row, board

router = Router()


class CohortSummary(Schema):
    """One class that you teach."""

    id: uuid.UUID
    name: str
    learners: int


class CohortAnswer(Schema):
    """The board of one class: lessons, and learners with their states in the order of the lessons."""

    id: uuid.UUID
    name: str
    headings: list[Heading]
    rows: list[Row]


@router.get("", response=list[CohortSummary], summary="The classes you teach")
def cohorts(request: HttpRequest) -> QuerySet[Cohort]:
    """List the classes that you teach, the newest first."""
    if not policy.may_teach(request.user):
        raise PermissionDenied("Only instructors have classes.")
    learners = Count("enrolments", filter=Q(enrolments__left_at=None))
    return policy.taught_by(request.user).annotate(learners=learners).order_by("-created_at")


@router.get("/{uuid:cohort_id}", response=CohortAnswer, summary="The board of one class")
def cohort(request: HttpRequest, cohort_id: uuid.UUID) -> dict[str, Any]:
    """Return the board of a class that you teach."""
    taught = get_object_or_404(policy.taught_by(request.user).select_related("course"), pk=cohort_id)
    return {"id": taught.pk, "name": taught.name, **asdict(board(taught))}
