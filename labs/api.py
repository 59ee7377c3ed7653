"""The API of labs and runs: parse, ask the policy, call one function, answer."""

import json
import uuid
from typing import Any

from django.http import Http404, HttpRequest
from django.urls import reverse
from ninja import Router, Status

from accounts.models import User
from labs import estimates, following, policy, schemas, submission
from labs.models import Lab, Run
from labs.models.runs import State
from nets.specs import SpecError

labs_router = Router()
runs_router = Router()

Answer = Status[dict[str, Any]]
LISTED_RUNS = 100


@labs_router.get("", response=list[schemas.LabSummary], summary="The labs")
def labs(request: HttpRequest) -> list[dict[str, Any]]:
    """List every published lab, and why one may not be used yet."""
    versions = [lab.current for lab in _published() if lab.current]
    return [schemas.lab_line(v, reason=policy.why_not_use_lab(request.user, v)) for v in versions]


@labs_router.get("/{slug}", response={200: schemas.LabAnswer, 403: schemas.Problem}, summary="One lab")
def lab(request: HttpRequest, slug: str) -> Answer:
    """Describe a lab and the fields that may be set in it."""
    version = submission.current_version(_lab(slug))
    reason = policy.why_not_use_lab(request.user, version)
    if reason:
        return Status(403, {"error": reason})
    return Status(200, schemas.lab_answer(version, reason=reason))


@labs_router.post(
    "/{slug}/runs",
    response={201: schemas.Submitted, 403: schemas.Problem, 422: schemas.Problems, 429: schemas.Problem},
    summary="Train",
)
def submit(request: HttpRequest, slug: str) -> Answer:
    """Queue a run. The body holds the spec's fields that the lab leaves open; absent ones keep the lab's values."""
    try:
        run = submission.submit(owner=_person(request), lab=_lab(slug), fields=_fields(request))
    except SpecError as error:
        return Status(422, {"errors": error.errors})
    except submission.QuotaError as error:
        return Status(429, {"error": str(error)})
    return Status(201, {"id": str(run.pk), "url": _url(run), "state": run.state})


@runs_router.get("", response=list[schemas.RunAnswer], summary="My runs")
def runs(request: HttpRequest) -> list[dict[str, Any]]:
    """List your newest runs."""
    mine = Run.objects.owned_by(_person(request)).newest_first()[:LISTED_RUNS]
    return [schemas.run_answer(run, url=_url(run)) for run in mine]


@runs_router.get("/{run_id}", response={200: schemas.RunAnswer, 404: schemas.Problem}, summary="One run")
def run(request: HttpRequest, run_id: uuid.UUID) -> dict[str, Any]:
    """Return one run as it stands."""
    found = _visible(request, run_id)
    return schemas.run_answer(found, url=_url(found))


@runs_router.get(
    "/{run_id}/events",
    response={200: schemas.FrameAnswer, 404: schemas.Problem, 422: schemas.Problems},
    summary="What came after",
)
def events(request: HttpRequest, run_id: uuid.UUID, after: str = "0") -> Answer:
    """Return the frame after `seq`: the same that the socket sends."""
    found = _visible(request, run_id)
    if not (after.isascii() and after.isdigit() and len(after) <= 9):
        return Status(
            422, {"errors": {"after": "Give the seq of the last frame that you have: a whole number, 0 for none."}}
        )
    frame = following.frame_after(found.pk, int(after))
    if frame["state"] == State.QUEUED:
        frame["events"] = [*frame["events"], estimates.wait_of(found.pk).event()]
    return Status(200, frame)


@runs_router.post(
    "/{run_id}/stop",
    response={200: schemas.RunAnswer, 403: schemas.Problem, 404: schemas.Problem, 409: schemas.Problem},
    summary="Stop",
)
def stop(request: HttpRequest, run_id: uuid.UUID) -> Answer:
    """End a run: a waiting one is taken back, a running one ends after its step and stays usable."""
    found = _visible(request, run_id)
    if not policy.may_stop_run(request.user, found):
        return Status(403, {"error": "Only the learner whose run this is may stop it."})
    if not submission.request_stop(found):
        return Status(409, {"error": "This run has ended already; there is nothing left to stop."})
    found.refresh_from_db()
    return Status(200, schemas.run_answer(found, url=_url(found)))


def _fields(request: HttpRequest) -> dict[str, object]:
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


def _person(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise Http404
    return request.user


def _published() -> Any:
    return Lab.objects.exclude(current=None).select_related("current__lesson").order_by("pk")


def _lab(slug: str) -> Lab:
    found: Lab | None = _published().filter(pk=slug).first()
    if found is None:
        raise Http404
    return found


def _visible(request: HttpRequest, run_id: uuid.UUID) -> Run:
    """Return a run that this person may see; to anyone else there is none."""
    found = Run.objects.visible_to(request.user).filter(pk=run_id)
    run = found.select_related("lab_version", "goal_result").first()
    if run is None:
        raise Http404
    return run


def _url(run: Run) -> str:
    return reverse("labs:run", args=[run.pk])
