"""Own pictures in forms and specs: a form says "own:" and a set's id, a spec what the set holds; only its owner may."""

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser

from labs.models import LabVersion, PictureSet, Run
from nets.own_sets import OWN
from nets.specs import SpecError, TrainSpec

Visitor = AbstractBaseUser | AnonymousUser

PREFIX: Final = f"{OWN}:"
NOT_YOURS: Final = (
    "Data: there are no such pictures among yours. Whoever brought pictures can use them, until they delete them or "
    "their time has passed: choose a set of yours, or bring one."
)


def is_offered(version: LabVersion) -> bool:
    """Whether a lab lets learners train on their own pictures."""
    return "data" in version.open_fields and OWN in version.choices.get("data", [OWN])


def usable(owner: Visitor | None) -> list[PictureSet]:
    """Return the sets that this person may train on, the newest first."""
    return list(PictureSet.objects.usable_by(owner).newest_first())


def chosen(value: object, owner: Visitor | None) -> PictureSet | None:
    """Return the set of this person that a form's value names; None for another's, and for any other value."""
    if not isinstance(value, str) or not value.startswith(PREFIX):
        return None
    try:
        key = uuid.UUID(value.removeprefix(PREFIX))
    except ValueError:
        return None
    found: PictureSet | None = PictureSet.objects.usable_by(owner).filter(pk=key).first()
    return found


def resolved(fields: Mapping[str, object], owner: Visitor | None) -> dict[str, object]:
    """Return `fields` with what specs say in the place of a set's id; raises SpecError for a set of somebody else."""
    data = fields.get("data")
    if not isinstance(data, str) or data == OWN:
        return dict(fields)
    if not data.startswith(PREFIX):
        # Other data have no pictures, whatever the run had from which these fields begin.
        return {"pictures": "", **fields}
    found = chosen(data, owner)
    if found is None:
        raise SpecError({"data": NOT_YOURS})
    return {**fields, "data": OWN, "pictures": found.pictures}


def set_of(spec: TrainSpec, owner: Visitor | None) -> PictureSet | None:
    """Return this person's set that `spec` names; None when it names none, or one that is not theirs or not there."""
    if spec.data != OWN:
        return None
    found: PictureSet | None = PictureSet.objects.usable_by(owner).filter(pictures=spec.pictures).first()
    return found


def fault_of(spec: TrainSpec, owner: Visitor | None) -> dict[str, str]:
    """Return a sentence when `spec` names pictures that this person may not use."""
    return {} if spec.data != OWN or set_of(spec, owner) else {"data": NOT_YOURS}


def as_chosen(spec: Mapping[str, Any], owner: Visitor | None) -> str:
    """Return how a form says a stored spec's data: a name, or one of this person's sets."""
    data = str(spec.get("data", ""))
    found = PictureSet.objects.usable_by(owner).filter(pictures=spec.get("pictures", "")).first()
    return found.value if data == OWN and found else data


def runs_on(found: PictureSet) -> Any:
    """Return the runs that learned from a set, or are to."""
    return Run.objects.filter(owner=found.owner_id, spec__pictures=found.pictures)


def renew(spec: TrainSpec, owner: Visitor, *, now: datetime) -> None:
    """Keep pictures for their whole time again, because somebody trains on them."""
    if spec.data == OWN:
        PictureSet.objects.usable_by(owner).filter(pictures=spec.pictures).update(expires_at=expiry(now))


def expiry(now: datetime) -> datetime:
    """Return until when pictures are kept that are used now."""
    return now + timedelta(seconds=settings.STRIDE_PICTURE_SECONDS)
