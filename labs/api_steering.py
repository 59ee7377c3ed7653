"""The API of what is done to a run while it goes: stop, pause, resume, change of rate."""

import uuid
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Router, Schema, Status

from labs import policy, preferring, schemas, submission
from labs.api import url_of, visible
from labs.models import Run

router = Router()

Answer = Status[dict[str, Any]]
ANSWERS: dict[int, Any] = {
    200: schemas.RunAnswer,
    403: schemas.Problem,
    404: schemas.Problem,
    409: schemas.Problem,
}
NOT_YOURS = "Only the learner whose run this is may do that."


class RateWish(Schema):
    """A new learning rate; the schedule goes on from it."""

    # Whatever it is: what is wrong with it is said in the words of the form.
    value: Any = Field(examples=[0.001])


class PriorityWish(Schema):
    """For how many minutes the run goes before all others; 0 takes it back."""

    minutes: int = Field(strict=True, examples=[30])


@router.post("/{run_id}/stop", response=ANSWERS, summary="Stop")
def stop(request: HttpRequest, run_id: uuid.UUID) -> Answer:
    """End a run: a waiting one is taken back, a running one ends after its step and stays usable."""
    found = visible(request, run_id)
    if not policy.may_stop_run(request.user, found):
        return Status(403, {"error": "Only the learner whose run this is may stop it."})
    if not submission.request_stop(found):
        return Status(409, {"error": "This run has ended already; there is nothing left to stop."})
    return _told(found)


@router.post("/{run_id}/pause", response=ANSWERS, summary="Pause")
def pause(request: HttpRequest, run_id: uuid.UUID) -> Answer:
    """Save a run that trains after its step, and free its device. It waits seven days for its learner."""
    found = visible(request, run_id)
    if not policy.may_steer_run(request.user, found):
        return Status(403, {"error": NOT_YOURS})
    try:
        submission.request_pause(found)
    except submission.NotNowError as error:
        return Status(409, {"error": str(error)})
    return _told(found)


@router.post("/{run_id}/resume", response=ANSWERS, summary="Resume")
def resume(request: HttpRequest, run_id: uuid.UUID) -> Answer:
    """Queue a paused run again; it goes on exactly where it was saved."""
    found = visible(request, run_id)
    if not policy.may_steer_run(request.user, found):
        return Status(403, {"error": NOT_YOURS})
    try:
        submission.resume(found)
    except submission.NotNowError as error:
        return Status(409, {"error": str(error)})
    return _told(found)


@router.post("/{run_id}/rate", response=ANSWERS | {422: schemas.Problems}, summary="Change the learning rate")
def rate(request: HttpRequest, run_id: uuid.UUID, payload: RateWish) -> Answer:
    """Put `value` in the place of the learning rate, after the step that is being made."""
    found = visible(request, run_id)
    if not policy.may_steer_run(request.user, found):
        return Status(403, {"error": NOT_YOURS})
    try:
        submission.change_rate(found, payload.value)
    except submission.NotNowError as error:
        return Status(409, {"error": str(error)})
    except submission.SpecError as error:
        return Status(422, {"errors": error.errors})
    return _told(found)


@router.post("/{run_id}/priority", response=ANSWERS | {422: schemas.Problems}, summary="Priority")
def priority(request: HttpRequest, run_id: uuid.UUID, payload: PriorityWish) -> Answer:
    """Let a run of a learner whom you teach be claimed before all others for a while."""
    found = visible(request, run_id)
    if not policy.may_prefer_run(request.user, found):
        return Status(403, {"error": "Only an instructor of this learner's class may give a run priority."})
    try:
        preferring.prefer(found, minutes=payload.minutes, now=timezone.now())
    except submission.SpecError as error:
        return Status(422, {"errors": error.errors})
    except submission.NotNowError as error:
        return Status(409, {"error": str(error)})
    return _told(found)


def _told(run: Run) -> Answer:
    run.refresh_from_db()
    return Status(200, schemas.run_answer(run, url=url_of(run)))
