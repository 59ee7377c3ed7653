"""The API of inference: ask a network about a picture, read the answer."""

import uuid
from typing import Any, Final

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router, Status

from inference import asking, policy
from inference.models import Query, QueryState
from inference.networks import NetworkMissing
from inference.receiving import ImageRefused
from inference.requests import KINDS, AskingRefused, read_wish
from inference.sweeping import settle_if_lost

router = Router()

Reply = Status[dict[str, Any]]
_FIELDS: Final = {
    "run": {"type": "string", "format": "uuid", "description": "One of your finished runs."},
    "source": {"type": "string", "enum": ["drawn", "upload", "webcam"], "default": "upload"},
    "kind": {"type": "string", "enum": list(KINDS), "default": "predict"},
}
_IMAGE: Final = "PNG, JPEG, WebP or GIF, one still frame, at most 8 MB"
_BODY: Final = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["run", "image"],
                    "properties": {**_FIELDS, "image": {"type": "string", "description": f"A data: URL; {_IMAGE}."}},
                }
            },
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["run", "image"],
                    "properties": {
                        **_FIELDS,
                        "image": {"type": "string", "format": "binary", "description": f"{_IMAGE}."},
                    },
                }
            },
        },
    }
}


@router.post("", response={201: dict, 400: dict, 413: dict, 422: dict, 429: dict, 503: dict}, openapi_extra=_BODY)
def ask(request: HttpRequest) -> Reply:
    """Ask the network of one of your runs about one picture; read the answer at the `url` of the reply."""
    try:
        query = asking.ask(request.user, read_wish(request))
    except ImageRefused as error:
        return Status(error.status, {"errors": {"image": str(error)}})
    except AskingRefused as error:
        return Status(error.status, {"errors": {error.field: str(error)}})
    except NetworkMissing as error:
        return Status(422, {"errors": {"run": str(error)}})
    return Status(201, shown(query))


@router.get("/{query_id}", response=dict)
def read(request: HttpRequest, query_id: uuid.UUID) -> dict[str, Any]:
    """Read one of your questions: queued, running, answered (with `answer`) or failed (with `error`)."""
    query = get_object_or_404(policy.visible_queries(request.user), id=query_id)
    settle_if_lost(query)
    return shown(query)


def shown(query: Query) -> dict[str, Any]:
    """Return a question as its owner sees it."""
    return {
        "id": str(query.id),
        "url": f"/api/v1/queries/{query.id}",
        "run": str(query.network.run_id),
        "kind": query.kind,
        "state": query.state,
        "answer": query.answer,
        "error": query.remedy if query.state == QueryState.FAILED else None,
    }
