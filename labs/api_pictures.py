"""The API of learners' own pictures: bring a set, list them, delete one. Only their owner ever sees them."""

import uuid
from typing import Any, Final

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest
from django.urls import reverse
from ninja import Router, Schema, Status

from labs import advising, collecting, owning, schemas
from labs.api import person
from labs.models import PictureSet
from labs.picture_reading import SIDES, PicturesRefused
from labs.quotas import QuotaError

router = Router()

Answer = Status[dict[str, Any]]
BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["zip"],
                    "properties": {
                        "zip": {"type": "string", "format": "binary", "description": "One folder for each class."},
                        "title": {"type": "string", "maxLength": collecting.MOST_TITLE},
                        "side": {"type": "integer", "enum": list(SIDES), "default": SIDES[0]},
                    },
                }
            }
        },
    }
}


class SetAnswer(Schema):
    """One set: `data` is what a run's field of that name takes; `classes` are names with how many pictures each has."""

    id: str
    url: str
    data: str
    title: str
    side: int
    classes: dict[str, int]
    bytes: int
    sha256: str
    expires_at: str
    advice: list[str]


class Refused(Schema):
    """A sentence for each thing that is wrong with what was sent, with the files' names."""

    errors: dict[str, list[str]]


@router.get("", response=list[SetAnswer], summary="My pictures")
def sets(request: HttpRequest) -> list[dict[str, Any]]:
    """List your sets of pictures, the newest first."""
    return [_answer(found) for found in owning.usable(person(request))]


@router.post(
    "",
    response={201: SetAnswer, 409: Refused, 413: Refused, 422: Refused, 429: schemas.Problem, 503: Refused},
    summary="Bring pictures",
    openapi_extra=BODY,
)
def collect(request: HttpRequest) -> Answer:
    """Make a set of a zip with one folder for each class; refused whole, with every fault named."""
    if collecting.is_too_large(request.META.get("CONTENT_LENGTH")):
        return Status(413, {"errors": {"zip": [collecting.too_large()]}})
    sent, side = request.FILES.get("zip"), request.POST.get("side", str(SIDES[0]))
    zipped = sent.file if isinstance(sent, UploadedFile) else None
    if zipped is None:
        return Status(422, {"errors": {"zip": ["Send a zip as the file “zip” of a form (multipart/form-data)."]}})
    if side not in map(str, SIDES):
        return Status(422, {"errors": {"side": [f"The side must be one of {', '.join(map(str, SIDES))}."]}})
    try:
        title = request.POST.get("title", "")
        made = collecting.collect(zipped, owner=person(request), title=title, side=int(side))
    except PicturesRefused as error:
        return Status(error.status, {"errors": {"zip": error.errors}})
    except QuotaError as error:
        return Status(429, {"error": str(error)})
    return Status(201, _answer(made))


@router.get("/{set_id}", response={200: SetAnswer, 404: schemas.Problem}, summary="One set")
def one(request: HttpRequest, set_id: uuid.UUID) -> Answer:
    """Return one of your sets."""
    return Status(200, _answer(_mine(request, set_id)))


@router.delete("/{set_id}", response={204: None, 404: schemas.Problem, 409: schemas.Problem}, summary="Delete a set")
def delete(request: HttpRequest, set_id: uuid.UUID) -> Status[Any]:
    """Delete a set with its file; 409 while a run waits, trains or is paused on it."""
    try:
        collecting.delete(_mine(request, set_id))
    except collecting.InUseError as error:
        return Status(409, {"error": str(error)})
    return Status(204, None)


def _mine(request: HttpRequest, set_id: uuid.UUID) -> PictureSet:
    found: PictureSet | None = PictureSet.objects.usable_by(person(request)).filter(pk=set_id).first()
    if found is None:
        raise Http404
    return found


def _answer(found: PictureSet) -> dict[str, Any]:
    own = found.own
    return {
        "id": str(found.pk),
        "url": reverse("labs:picture_set", args=[found.pk]),
        "data": found.value,
        "title": found.title,
        "side": own.side,
        "classes": dict(own.classes),
        "bytes": found.bytes,
        "sha256": found.sha256,
        "expires_at": found.expires_at.isoformat(),
        "advice": advising.advice(own.classes),
    }
