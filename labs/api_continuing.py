"""The API of runs that begin from others: branches, twins, repeats, sweeps, and the groups that they form."""

import uuid
from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from ninja import Field, Router, Schema, Status

from labs import continuing, policy, schemas
from labs.api import person, published_lab, submitted, visible
from labs.models import Run, RunGroup
from labs.submission import QuotaError, SpecError

runs_router = Router()
sweeps_router = Router()
groups_router = Router()

Answer = Status[dict[str, Any]]
REFUSED: dict[int, Any] = {
    403: schemas.Problem,
    404: schemas.Problem,
    422: schemas.Problems,
    429: schemas.Problem,
}
NOT_YOURS = "Only the learner whose run this is may go on from it."


class BranchWish(Schema):
    """Which checkpoint to go on from, and the settings that change there."""

    step: int = Field(strict=True)
    fields: dict[str, Any] = Field(default_factory=dict, examples=[{"learning_rate": 0.0003}])


class TwinWish(Schema):
    """The one field that differs."""

    field: str
    value: Any = None


class AgainWish(Schema):
    """How many other seeds to try."""

    count: int = Field(default=1, strict=True)


class SweepWish(Schema):
    """Several values of one field; `fields` are the settings that all share."""

    fields: dict[str, Any] = Field(default_factory=dict)
    field: str
    values: list[Any]


@runs_router.post("/{run_id}/branch", response={201: schemas.Submitted} | REFUSED, summary="Branch")
def branch(request: HttpRequest, run_id: uuid.UUID, payload: BranchWish) -> Answer:
    """Queue a run that goes on from a checkpoint of this one with other settings; network and data stay."""
    found = _own(request, run_id)
    return _answered(
        lambda: submitted(
            continuing.branch(found, owner=person(request), step=payload.step, fields=payload.fields),
        )
    )


@runs_router.post("/{run_id}/twin", response={201: schemas.Submitted} | REFUSED, summary="Twin")
def twin(request: HttpRequest, run_id: uuid.UUID, payload: TwinWish) -> Answer:
    """Queue the same run, seed included, with exactly one field changed."""
    found = _own(request, run_id)
    return _answered(
        lambda: submitted(
            continuing.twin(found, owner=person(request), field=payload.field, value=payload.value),
        )
    )


@runs_router.post("/{run_id}/again", response={201: schemas.GroupAnswer} | REFUSED, summary="Again, with other seeds")
def again(request: HttpRequest, run_id: uuid.UUID, payload: AgainWish) -> Answer:
    """Queue the same run with other seeds, as one group: how far do runs differ by chance alone?"""
    found = _own(request, run_id)
    return _answered(lambda: schemas.group_answer(continuing.again(found, owner=person(request), count=payload.count)))


@sweeps_router.post("/{slug}/sweeps", response={201: schemas.GroupAnswer} | REFUSED, summary="Sweep")
def sweep(request: HttpRequest, slug: str, payload: SweepWish) -> Answer:
    """Queue one run for each value of one field: all of them or none."""
    lab, owner = published_lab(slug), person(request)
    fields, field, values = payload.fields, payload.field, payload.values
    return _answered(
        lambda: schemas.group_answer(continuing.sweep(owner=owner, lab=lab, fields=fields, field=field, values=values))
    )


@groups_router.get("/{group_id}", response={200: schemas.GroupAnswer, 404: schemas.Problem}, summary="One group")
def group(request: HttpRequest, group_id: uuid.UUID) -> Answer:
    """Name the runs that were submitted together."""
    return Status(200, schemas.group_answer(_visible_group(request, group_id)))


@groups_router.post(
    "/{group_id}/stop",
    response={200: schemas.GroupAnswer, 403: schemas.Problem, 404: schemas.Problem},
    summary="Stop a group",
)
def stop(request: HttpRequest, group_id: uuid.UUID) -> Answer:
    """End every run of a group as Stop ends one; those that have ended stay as they are."""
    found = _visible_group(request, group_id)
    if found.owner_id != person(request).pk:
        return Status(403, {"error": "Only the learner whose runs these are may stop them."})
    continuing.stop_group(found)
    return Status(200, schemas.group_answer(found))


def _answered(act: Callable[[], dict[str, Any]]) -> Answer:
    """Do what is wished; every refusal is a sentence."""
    try:
        return Status(201, act())
    except SpecError as error:
        return Status(422, {"errors": error.errors})
    except QuotaError as error:
        return Status(429, {"error": str(error)})


def _own(request: HttpRequest, run_id: uuid.UUID) -> Run:
    """Return one's own run; raises Http404 for one that is not to be seen, PermissionDenied for another's."""
    found = visible(request, run_id)
    if not policy.may_steer_run(request.user, found):
        raise PermissionDenied(NOT_YOURS)
    return found


def _visible_group(request: HttpRequest, group_id: uuid.UUID) -> RunGroup:
    """Return a group with a run that this person may see; to anyone else there is none."""
    runs = Run.objects.visible_to(request.user).filter(group=group_id)
    found = RunGroup.objects.filter(pk=group_id).first() if runs.exists() else None
    if found is None:
        raise Http404
    return found
