"""The API of labs and runs: parse, ask the policy, call one function, answer."""

import json
import uuid
from typing import Any, Final

from django.http import Http404, HttpRequest
from django.urls import reverse
from ninja import Router, Schema, Status

from accounts.models import User
from labs import estimates, following, policy, schemas, submission
from labs.models import Lab, Run
from labs.models.runs import State
from nets.specs import SpecError

labs_router = Router()
runs_router = Router()

Answer = Status[dict[str, Any]]
# The fields of a run, as the API's description shows them; what each may hold is the lab's to say.
SPEC_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": False,
        "content": {
            "application/json": {"schema": {"type": "object", "additionalProperties": True, "example": {"epochs": 5}}}
        },
    }
}
LISTED_RUNS = 100


class About(Schema):
    """What a learner writes about a run."""

    title: str | None = None
    notes: str | None = None


@labs_router.get("", response=list[schemas.LabSummary], summary="The labs")
def labs(request: HttpRequest) -> list[dict[str, Any]]:
    """List every published lab, and why one may not be used yet."""
    versions = [lab.current for lab in _published() if lab.current]
    return [schemas.lab_line(v, reason=policy.why_not_use_lab(request.user, v)) for v in versions]


@labs_router.get("/{slug}", response={200: schemas.LabAnswer, 403: schemas.Problem}, summary="One lab")
def lab(request: HttpRequest, slug: str) -> Answer:
    """Describe a lab and the fields that may be set in it."""
    version = submission.current_version(published_lab(slug))
    reason = policy.why_not_use_lab(request.user, version)
    if reason:
        return Status(403, {"error": reason})
    return Status(200, schemas.lab_answer(version, request.user, reason=reason))


@labs_router.post(
    "/{slug}/runs",
    response={
        201: schemas.Submitted,
        403: schemas.Problem,
        404: schemas.Problem,
        409: schemas.Waiting,
        422: schemas.Problems,
        429: schemas.Problem,
    },
    summary="Train",
    openapi_extra=SPEC_BODY,
)
def submit(request: HttpRequest, slug: str) -> Answer:
    """Queue a run. The body holds the spec's fields that the lab leaves open; absent ones keep the lab's values.

    While the very same run of yours waits, nothing is queued (409); with `"replace": true` it takes the other's place.
    `"prediction": {"low", "high", "outcome", "sketch"}`, of which each may be missing, is kept beside the run.
    """
    try:
        fields = fields_of(request)
        if_waiting, predicted = _if_waiting(fields), fields.pop("prediction", None)
        lab = published_lab(slug)
        run = submission.submit(
            owner=person(request), lab=lab, fields=fields, if_waiting=if_waiting, predicted=predicted
        )
    except SpecError as error:
        return Status(422, {"errors": error.errors})
    except submission.AlreadyWaitingError as error:
        return Status(409, {"error": str(error), "id": str(error.run.pk)})
    except submission.QuotaError as error:
        return Status(429, {"error": str(error)})
    return Status(201, submitted(run))


@runs_router.get("", response=list[schemas.RunAnswer], summary="My runs")
def runs(request: HttpRequest) -> list[dict[str, Any]]:
    """List your newest runs."""
    mine = Run.objects.owned_by(person(request)).newest_first()[:LISTED_RUNS]
    return [schemas.run_answer(run, url=url_of(run)) for run in mine]


@runs_router.get("/{run_id}", response={200: schemas.RunTreeAnswer, 404: schemas.Problem}, summary="One run")
def run(request: HttpRequest, run_id: uuid.UUID) -> Answer:
    """Return one run as it stands, with the runs that it came from and those that were made from it."""
    found = visible(request, run_id)
    return Status(200, schemas.run_tree(found, url=url_of(found)))


@runs_router.patch(
    "/{run_id}",
    response={200: schemas.RunTreeAnswer, 403: schemas.Problem, 404: schemas.Problem, 422: schemas.Problems},
    summary="Name a run",
)
def describe(request: HttpRequest, run_id: uuid.UUID, payload: About) -> Answer:
    """Change a run's title or its notes, whatever its state; what is left out stays."""
    found = visible(request, run_id)
    if not policy.may_steer_run(request.user, found):
        return Status(403, {"error": "Only the learner whose run this is may name it."})
    title, notes = payload.title, payload.notes
    try:
        submission.describe(
            found, title=found.title if title is None else title, notes=found.notes if notes is None else notes
        )
    except SpecError as error:
        return Status(422, {"errors": error.errors})
    found.refresh_from_db(fields=["title", "notes"])
    return Status(200, schemas.run_tree(found, url=url_of(found)))


@runs_router.get(
    "/{run_id}/events",
    response={200: schemas.FrameAnswer, 404: schemas.Problem, 422: schemas.Problems},
    summary="What came after",
)
def events(request: HttpRequest, run_id: uuid.UUID, after: str = "0") -> Answer:
    """Return the frame after `seq`: the same that the socket sends."""
    found = visible(request, run_id)
    if not (after.isascii() and after.isdigit() and len(after) <= 9):
        return Status(
            422, {"errors": {"after": "Give the seq of the last frame that you have: a whole number, 0 for none."}}
        )
    frame = following.frame_after(found.pk, int(after))
    if frame["state"] == State.QUEUED:
        frame["events"] = [*frame["events"], estimates.wait_of(found.pk).event()]
    return Status(200, frame)


def submitted(run: Run) -> dict[str, Any]:
    """Return what a new run is answered with."""
    return {"id": str(run.pk), "url": url_of(run), "state": run.state}


def _if_waiting(fields: dict[str, object]) -> submission.IfWaiting:
    """Take `replace` out of the fields and return what it means; raises SpecError when it is neither true nor false."""
    replace = fields.pop("replace", False)
    if not isinstance(replace, bool):
        raise SpecError({"replace": "Replace must be true or false."})
    return "replace" if replace else "refuse"


def fields_of(request: HttpRequest) -> dict[str, object]:
    """Return the body's fields; raises SpecError for a body that is no JSON object."""
    if not request.body:
        return {}
    try:
        data = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise SpecError({"body": f"The body is not valid JSON: {error}."}) from error
    if not isinstance(data, dict):
        raise SpecError({"body": 'The body must be a JSON object of fields and values, such as {"epochs": 5}.'})
    return data


def person(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise Http404
    return request.user


def _published() -> Any:
    return Lab.objects.exclude(current=None).select_related("current__lesson").order_by("pk")


def published_lab(slug: str) -> Lab:
    """Return a lab that is published; to anyone there is no other."""
    found: Lab | None = _published().filter(pk=slug).first()
    if found is None:
        raise Http404
    return found


def visible(request: HttpRequest, run_id: uuid.UUID) -> Run:
    """Return a run that this person may see; to anyone else there is none."""
    found = Run.objects.visible_to(request.user).filter(pk=run_id)
    run = found.select_related("lab_version", "goal_result").first()
    if run is None:
        raise Http404
    return run


def url_of(run: Run) -> str:
    return reverse("labs:run", args=[run.pk])
