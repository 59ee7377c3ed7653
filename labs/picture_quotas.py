"""How much one person may keep of their own pictures: sets, bytes and pictures; by role, in settings."""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count, Sum

from accounts.models import User
from labs.models import PictureSet
from labs.quotas import QuotaError, role_of


@dataclass(frozen=True, slots=True)
class Amount:
    """So many sets, bytes and pictures: what is kept, or what may be."""

    sets: int
    bytes: int
    pictures: int


def allowed(owner: User | None) -> Amount:
    """Return what this person's role allows; a visitor becomes a guest with the first set."""
    role = role_of(owner)
    return Amount(*(getattr(settings, f"STRIDE_{role}PICTURE_{name}") for name in ("SETS", "BYTES", "COUNT")))


def used(owner: User | None) -> Amount:
    """Return what this person keeps; a set that is being read holds its place."""
    mine = PictureSet.objects.filter(owner=owner) if owner else PictureSet.objects.none()
    sums = mine.aggregate(sets=Count("pk"), bytes=Sum("bytes"), pictures=Sum("images"))
    return Amount(sums["sets"], sums["bytes"] or 0, sums["pictures"] or 0)


def check_room(owner: User) -> int:
    """Return how many more pictures this person may bring; raises QuotaError when they may bring no further set."""
    may, has = allowed(owner), used(owner)
    if has.sets >= may.sets:
        raise QuotaError(f"You keep {_sets(has.sets)}, and {may.sets} is the most. Delete one, then bring another.")
    if has.pictures >= may.pictures or has.bytes >= may.bytes:
        raise QuotaError(f"Your sets are full: {_full(has, may)}. Delete one, then bring another.")
    return may.pictures - has.pictures


def check_fits(owner: User, *, pictures: int, size: int) -> None:
    """Raise QuotaError when so many more pictures and bytes are more than this person may keep."""
    may, has = allowed(owner), used(owner)
    with_these = Amount(has.sets, has.bytes + size, has.pictures + pictures)
    if with_these.bytes > may.bytes or with_these.pictures > may.pictures:
        raise QuotaError(
            f"With these you would keep {_full(with_these, may)}. Bring fewer, choose smaller ones, or delete a set."
        )


def _full(has: Amount, may: Amount) -> str:
    return f"{has.pictures:,} of {may.pictures:,} pictures and {has.bytes / 1e6:,.1f} of {may.bytes / 1e6:,.0f} MB"


def _sets(count: int) -> str:
    return f"{count} set of pictures" if count == 1 else f"{count} sets of pictures"
