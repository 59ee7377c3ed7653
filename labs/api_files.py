"""The API of what runs leave behind: files, checkpoints, points as CSV; and the ledger, which needs no run."""

import uuid
from typing import Any, Final

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.urls import reverse
from ninja import Router, Schema, Status

from labs import following, schemas, tables
from labs.api import SPEC_BODY, fields_of, visible
from labs.artifacts import CHECKPOINT
from labs.costs import book_of, cost_of
from labs.models import Artifact, Run
from nets.specs import SpecError, TrainSpec

router = Router()
ledger_router = Router()

Answer = Status[dict[str, Any]]
ENDINGS: Final = {CHECKPOINT: "ckpt", "weights": "safetensors", "log": "jsonl.gz"}


class LayerAnswer(Schema):
    """One layer: what leaves it, without the batch, and what it costs for one image."""

    name: str
    kind: str
    shape: list[int]
    parameters: int
    multiply_adds: int


class LedgerAnswer(Schema):
    """What a run would cost, by arithmetic: bytes for one training step, seconds for the whole run.

    Only a worker can count another package's network: it has no layers here, and null for what they add up to.
    """

    layers: list[LayerAnswer]
    parameters: int | None
    multiply_adds: int | None
    memory_bytes: int | None
    steps: int
    seconds: float
    is_measured: bool
    basis: str


@router.get("/{run_id}/artifacts", response={200: list[schemas.ArtifactAnswer], 404: schemas.Problem}, summary="Files")
def artifacts(request: HttpRequest, run_id: uuid.UUID) -> list[dict[str, Any]]:
    """List the files that a run left: weights, checkpoints, its packed log."""
    found = visible(request, run_id)
    return [_artifact(found, one) for one in found.artifacts.order_by("kind", "step", "pk")]


@router.get("/{run_id}/artifacts/{artifact_id}", response={404: schemas.Problem}, summary="One file")
def artifact(request: HttpRequest, run_id: uuid.UUID, artifact_id: int) -> FileResponse:
    """Hand out a file; its sha256 is in the list."""
    found = visible(request, run_id)
    one = found.artifacts.filter(pk=artifact_id).first() if artifact_id < 2**63 else None
    if one is None or not default_storage.exists(one.name):
        raise Http404
    name = f"{found.lab_version.lab_id}-{str(found.pk)[:8]}{'' if one.step is None else f'-step-{one.step}'}"
    return FileResponse(
        default_storage.open(one.name),
        as_attachment=True,
        filename=f"{name}.{ENDINGS.get(one.kind, 'bin')}",
        content_type="application/octet-stream",
    )


@router.get(
    "/{run_id}/checkpoints", response={200: list[schemas.CheckpointAnswer], 404: schemas.Problem}, summary="Checkpoints"
)
def checkpoints(request: HttpRequest, run_id: uuid.UUID) -> list[dict[str, Any]]:
    """List the states from which this run can be branched."""
    found = visible(request, run_id)
    saved = found.artifacts.filter(kind=CHECKPOINT, step__isnull=False).order_by("step", "-pk")
    return list({one.step: {name: getattr(one, name) for name in _SAVED} for one in saved}.values())


@router.get("/{run_id}/metrics.csv", response={404: schemas.Problem}, summary="The points as CSV")
def metrics(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """Hand out every point that counts, one line a step, with the epochs' numbers beside the steps that close them."""
    found = visible(request, run_id)
    text = "".join(tables.metrics(following.all_events(found), run=found.title or str(found.pk)))
    headers = {"Content-Disposition": f'attachment; filename="{found.lab_version.lab_id}-{str(found.pk)[:8]}.csv"'}
    return HttpResponse(text, content_type="text/csv; charset=utf-8", headers=headers)


@ledger_router.post(
    "", response={200: LedgerAnswer, 422: schemas.Problems}, summary="What a run would cost", openapi_extra=SPEC_BODY
)
def ledger(request: HttpRequest) -> Answer:
    """Count layers, parameters, memory and time of the run that the body's fields describe; nothing is queued."""
    try:
        spec = TrainSpec.from_json(fields_of(request))
    except SpecError as error:
        return Status(422, {"errors": error.errors})
    book, cost = book_of(spec), cost_of(spec)
    sums = {"parameters": book.parameters, "multiply_adds": book.multiply_adds, "memory_bytes": cost.memory_bytes}
    return Status(
        200,
        {
            "layers": [{name: getattr(row, name) for name in _LAYER} for row in book.rows],
            **(sums if book.rows else dict.fromkeys(sums)),
            **{name: getattr(cost, name) for name in ("steps", "seconds", "is_measured", "basis")},
        },
    )


_SAVED: Final = ("step", "epoch", "metric", "bytes")
_LAYER: Final = ("name", "kind", "shape", "parameters", "multiply_adds")


def _artifact(run: Run, one: Artifact) -> dict[str, Any]:
    address = reverse("api:artifact", args=[run.pk, one.pk])
    return {"url": address, "id": one.pk} | {name: getattr(one, name) for name in ("kind", "step", "bytes", "sha256")}
