"""The API of teach: the same board, for scripts."""

import uuid
from dataclasses import asdict
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router

from teach import policy
from teach.board import board

router = Router()


@router.get("/")
def cohorts(request: HttpRequest) -> list[dict[str, Any]]:
    """List the classes that you teach."""
    if not policy.may_teach(request.user):
        raise PermissionDenied("Only instructors have classes.")
    counted = policy.taught_by(request.user).annotate(learners=Count("enrolments", filter=Q(enrolments__left_at=None)))
    return [{"id": str(one.pk), "name": one.name, "learners": one.learners} for one in counted.order_by("-created_at")]


@router.get("/{uuid:cohort_id}")
def cohort(request: HttpRequest, cohort_id: uuid.UUID) -> dict[str, Any]:
    """Return the board of a class that you teach: lessons, and learners with their states and latest run."""
    taught = get_object_or_404(policy.taught_by(request.user).select_related("course"), pk=cohort_id)
    return {"id": str(taught.pk), "name": taught.name, **asdict(board(taught))}
