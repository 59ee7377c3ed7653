"""Who holds data about a person: each app registers how to export, erase and merge what it keeps.

Called in `AppConfig.ready()`:

    personal_data.register("runs", export=..., erase=..., merge=..., keeps=[Kept("Runs", "until you erase them")])

`export(user)` returns JSON-able data. `erase(user)` removes what deleting the user's row would leave behind (files,
running work). `merge(guest, into=user)` hands everything over. Erase and merge run inside one transaction; what must
not be undone (deleting a file) belongs in `transaction.on_commit`.
"""

import io
import json
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction

from accounts.models import User


class Merge(Protocol):
    """Hands everything that a guest holds to the account they signed in to."""

    def __call__(self, guest: User, *, into: User) -> None: ...


@dataclass(frozen=True, slots=True)
class Kept:
    """One line of the privacy page: what is kept, and for how long."""

    what: str
    how_long: str


@dataclass(frozen=True, slots=True)
class Holder:
    """One app's dealings with personal data."""

    name: str
    export: Callable[[User], Any]
    erase: Callable[[User], None]
    merge: Merge
    keeps: tuple[Kept, ...]


_holders: dict[str, Holder] = {}


def register(
    name: str,
    *,
    export: Callable[[User], Any],
    erase: Callable[[User], None],
    merge: Merge,
    keeps: Sequence[Kept] = (),
) -> None:
    """Add one holder; its export becomes `<name>.json` in the archive. Registering a name again replaces it."""
    _holders[name] = Holder(name, export, erase, merge, tuple(keeps))


def holders() -> tuple[Holder, ...]:
    """Return every holder in the order of registration, which follows INSTALLED_APPS."""
    return tuple(_holders.values())


def archive(user: User) -> bytes:
    """Return a zip with one JSON file per holder: everything Stride knows about this person."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as pack:
        for holder in holders():
            text = json.dumps(holder.export(user), cls=DjangoJSONEncoder, indent=2, ensure_ascii=False)
            pack.writestr(f"{holder.name}.json", text)
    return buffer.getvalue()


@transaction.atomic
def erase(user: User) -> None:
    """Erase a person and all that is theirs; either everything goes or nothing does."""
    for holder in reversed(holders()):
        holder.erase(user)
    user.delete()


@transaction.atomic
def merge(guest: User, *, into: User) -> None:
    """Hand all that a guest has to an older account, then erase the guest; raises ValueError unless it is a guest."""
    locked = User.objects.select_for_update().get(pk=guest.pk)
    if not locked.is_guest or locked.pk == into.pk:
        raise ValueError(f"Only a guest can be merged into another account; {locked.pk} is not one.")
    for holder in holders():
        holder.merge(locked, into=into)
    erase(locked)
