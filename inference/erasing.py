"""Delete pictures: at the end of their time, and the oldest of someone who draws very much."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.core.files.storage import default_storage

from accounts.models import User
from inference.models import QueryState, Upload

# Every stroke asks anew; nobody comes back to the thirtieth drawing before this one.
KEPT_PICTURES: Final = 30
ERASED_AT_ONCE: Final = 500


def erase_expired(*, now: datetime) -> int:
    """Delete pictures past their time, their files and the questions about them; return how many."""
    return _erase(Upload.objects.filter(expires_at__lt=now)[:ERASED_AT_ONCE])


def erase_surplus(owner: User) -> int:
    """Delete all but the newest KEPT_PICTURES of one person, unless a question about them is open."""
    open_states = [QueryState.QUEUED, QueryState.RUNNING]
    mine = Upload.objects.filter(owner=owner).exclude(queries__state__in=open_states)
    return _erase(mine.order_by("-created_at")[KEPT_PICTURES:])


def _erase(uploads: Iterable[Upload]) -> int:
    """Delete first the file, then the row, so that no file is ever left without a row."""
    count = 0
    for upload in list(uploads):
        default_storage.delete(upload.name)
        upload.delete()
        count += 1
    return count
