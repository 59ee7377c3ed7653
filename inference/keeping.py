"""What inference keeps about a person: how it is exported, erased, and handed over when a guest signs in."""

from functools import partial
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction

from accounts.models import User
from accounts.personal_data import Kept
from inference.erasing import KEPT_PICTURES
from inference.models import Query, Upload
from inference.receiving import UPLOAD_HOURS

KEEPS = (
    Kept(
        "What you draw or upload to look inside a network, and the answers",
        f"{UPLOAD_HOURS} hours, the newest {KEPT_PICTURES} only",
    ),
    Kept("What a camera sees on the way to such a picture", "never stored"),
)


def export(user: User) -> list[dict[str, Any]]:
    """Return every question of a person with its answer; pictures are told by size and source."""
    queries = Query.objects.filter(owner=user).select_related("upload", "network").order_by("created_at")
    return [
        {
            "asked_at": query.created_at,
            "network": query.network.title,
            "picture": {"source": query.upload.source, "width": query.upload.width, "height": query.upload.height},
            "state": query.state,
            "classes": (query.answer or {}).get("classes"),
        }
        for query in queries
    ]


def erase(user: User) -> None:
    """Delete the pictures' files; the rows go with the person's own row."""
    for name in Upload.objects.filter(owner=user).values_list("name", flat=True):
        transaction.on_commit(partial(default_storage.delete, name))


def merge(guest: User, *, into: User) -> None:
    """Hand a guest's pictures and questions over; their networks follow their runs."""
    Upload.objects.filter(owner=guest).update(owner=into)
    Query.objects.filter(owner=guest).update(owner=into)
