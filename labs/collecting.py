"""The writer of learners' own pictures: take a zip, delete a set, forget those whose time has passed.

A set holds its place in the quota from the first moment on, so that two that are sent at once count each other.
"""

from datetime import datetime, timedelta
from typing import IO, Final

import structlog
from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from labs import artifacts, owning, picture_quotas, pictures, previews
from labs.models import PictureSet, Preview
from labs.models.picture_sets import SetState
from labs.picture_reading import READ_SECONDS, WAIT_SECONDS, PicturesRefused, Read, reading

log = structlog.get_logger(__name__)

MOST_TITLE: Final = 60
USUAL_TITLE: Final = "My pictures"
# A process that dies while it reads leaves a row that holds a place and nothing else.
READING_SECONDS: Final = 2 * (READ_SECONDS + WAIT_SECONDS)


class InUseError(Exception):
    """A set that cannot be deleted now, because runs need it; the text is the sentence that says so."""


def collect(file: IO[bytes], *, owner: User, title: str = "", side: int = 32) -> PictureSet:
    """Keep the pictures of an opened zip as a new set.

    Raises PicturesRefused with a sentence for every fault, or QuotaError; then nothing is kept.
    """
    held, most = _hold(owner, title=title)
    try:
        with reading(file, side=side, most=most) as read:
            return _keep(held, read)
    except BaseException:
        PictureSet.objects.filter(pk=held.pk, state=SetState.READING).delete()
        raise


@transaction.atomic
def delete(found: PictureSet) -> None:
    """Delete a set and its files; raises InUseError while runs are to learn from it."""
    User.objects.select_for_update().get(pk=found.owner_id)
    unended = owning.runs_on(found).unended().count()
    if unended:
        runs = "A run is" if unended == 1 else f"{unended} runs are"
        raise InUseError(
            f"{runs} waiting, training or paused on these pictures. Stop what you need no more, then delete."
        )
    forget(found)


@transaction.atomic
def forget(found: PictureSet) -> None:
    """Delete a set whatever needs it, and all that shows its pictures: what was drawn of them, zips of its runs."""
    if found.state == SetState.READY:
        previews.forget(Preview.objects.filter(asked__pictures=found.pictures, asked_by=found.owner_id))
        previews.forget(Preview.objects.filter(run__in=owning.runs_on(found), kind="export_zip"))
    _delete(found)


def hand_over(guest: User, *, into: User) -> None:
    """Hand a guest's sets to the account that they signed in to, over its quota too: nothing is lost by signing in.

    The very same pictures of both stay once, the account's.
    """
    both = PictureSet.objects.filter(owner=into).exclude(sha256="").values("sha256")
    for found in PictureSet.objects.filter(owner=guest, sha256__in=both):
        previews.forget(Preview.objects.filter(asked__pictures=found.pictures, asked_by=guest))
        _delete(found)
    PictureSet.objects.filter(owner=guest).update(owner=into)


def is_too_large(length: str | None) -> bool:
    """Whether a request that announces so many bytes is larger than a zip may be."""
    return bool(length and length.isdigit()) and int(length or 0) > settings.STRIDE_PICTURE_UPLOAD_BYTES


def too_large() -> str:
    """Say what a zip may have and what helps."""
    most = settings.STRIDE_PICTURE_UPLOAD_BYTES // 10**6
    return f"That is more than the {most:,} MB which may be sent at once: bring fewer pictures, or smaller ones."


def rename(found: PictureSet, title: str) -> None:
    """Call a set otherwise; an empty title leaves it as it is."""
    tidy = _tidy(title)
    if tidy:
        PictureSet.objects.filter(pk=found.pk).update(title=tidy)


def sweep(*, now: datetime) -> None:
    """Forget the sets whose time has passed, but none that a run still needs."""
    for found in PictureSet.objects.expired(now=now):
        if found.state == SetState.READING or not owning.runs_on(found).unended().exists():
            log.info("pictures_expired", set=str(found.pk), state=found.state)
            forget(found)


def _delete(found: PictureSet) -> None:
    names = [name for name in (found.name, found.sheets_name) if name] + [pictures.name_of_set(found)]
    found.delete()
    artifacts.delete_files_on_commit(names)


@transaction.atomic
def _hold(owner: User, *, title: str) -> tuple[PictureSet, int]:
    """Write the row that holds a place, and return it with how many pictures there is room for; raises QuotaError."""
    User.objects.select_for_update().get(pk=owner.pk)
    most = picture_quotas.check_room(owner)
    until = timezone.now() + timedelta(seconds=READING_SECONDS)
    return PictureSet.objects.create(owner=owner, title=_tidy(title) or USUAL_TITLE, expires_at=until), most


def _keep(held: PictureSet, read: Read) -> PictureSet:
    """Store what was read, then name it by the row; without the row the files go again."""
    twin = PictureSet.objects.filter(owner=held.owner_id, sha256=read.own.sha256).first()
    if twin is not None:
        raise PicturesRefused([f"You have these very pictures already: the set “{twin}”."], status=409)
    folder = f"own/{held.pk}"
    names = []
    try:
        names.append(default_storage.save(f"{folder}/pictures.safetensors", File(read.data)))
        names.append(default_storage.save(f"{folder}/sheets", File(read.sheets)))
        _name(held, read, *names)
    except BaseException as error:
        for name in names:
            default_storage.delete(name)
        if isinstance(error, IntegrityError):
            raise PicturesRefused(["You have these very pictures already."], status=409) from error
        raise
    return held


@transaction.atomic
def _name(held: PictureSet, read: Read, name: str, sheets_name: str) -> None:
    owner = User.objects.select_for_update().get(pk=held.owner_id)
    picture_quotas.check_fits(owner, pictures=read.own.images, size=read.size)
    held.pictures, held.sha256, held.images = read.own.text, read.own.sha256, read.own.images
    held.bytes, held.name, held.sheets_name, held.sheets = read.size, name, sheets_name, read.lengths
    held.state, held.expires_at = SetState.READY, owning.expiry(timezone.now())
    # Not `save`: a sweeper that has taken the row away must not see it come back.
    fields = ("pictures", "sha256", "images", "bytes", "name", "sheets_name", "sheets", "state", "expires_at")
    kept = PictureSet.objects.filter(pk=held.pk, state=SetState.READING)
    if not kept.update(**{field: getattr(held, field) for field in fields}):
        raise PicturesRefused(["Reading these pictures took too long. Send them again."], status=503)


def _tidy(title: str) -> str:
    return " ".join("".join(letter if letter.isprintable() else " " for letter in title).split())[:MOST_TITLE]
