"""The one writer of bookmarks: where someone is in a lesson, and what they noted there."""

import re
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from courses.merging import merged
from courses.models import Bookmark
from courses.policy import require_open

NOTE_CHARACTERS: Final = 20_000
# Two long notes that were written at once are both kept.
MERGED_CHARACTERS: Final = 2 * NOTE_CHARACTERS
_ANCHOR: Final = re.compile(r"^[a-z0-9]+(?:-[a-z0-9]+)*$")


class NoteRefused(ValueError):
    """A note that cannot be kept; its message says why."""


def bookmark_of(person: object, lesson_id: str) -> Bookmark | None:
    """Return where a person is in a lesson; None for a visitor and for someone who left nothing there. One query."""
    if not isinstance(person, User):
        return None
    return Bookmark.objects.filter(learner=person, lesson=lesson_id).first()


def keep_place(learner: User, lesson_id: str, *, anchor: str) -> bool:
    """Keep where a learner is; return whether that is a place at all. Raises LockedError."""
    if len(anchor) > 80 or not _ANCHOR.match(anchor):
        return False
    require_open(learner, lesson_id)
    place = {"anchor": anchor, "at": timezone.now()}
    Bookmark.objects.update_or_create(learner=learner, lesson_id=lesson_id, defaults=place)
    return True


@transaction.atomic
def keep_note(learner: User, lesson_id: str, *, text: str, base: str) -> str:
    """Keep a note; return it as it stands now.

    `base` is the note as this page last had it from here. Where another page wrote meanwhile, what both wrote is
    kept (courses.merging); sending the same again changes nothing. Raises NoteRefused, LockedError.
    """
    require_open(learner, lesson_id)
    mine, start = _tidy(text), _tidy(base)
    if len(mine) > NOTE_CHARACTERS:
        sentence = _("A note holds at most %d characters. Shorten it; it is kept here until then.")
        raise NoteRefused(sentence % NOTE_CHARACTERS)
    User.objects.select_for_update().get(pk=learner.pk)  # two tabs at once: one after the other
    bookmark, _made = Bookmark.objects.get_or_create(learner=learner, lesson_id=lesson_id)
    note = merged(base=start, mine=mine, theirs=bookmark.note)
    if len(note) > MERGED_CHARACTERS:
        raise NoteRefused(_("This was also noted in another tab, and both together are too long. Shorten one of them."))
    if note != bookmark.note:
        bookmark.note, bookmark.noted_at = note, timezone.now()
        bookmark.save(update_fields=["note", "noted_at"])
    return note


def _tidy(text: str) -> str:
    """Return a text with plain line ends, without the NUL that PostgreSQL cannot keep."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")


def noted_by(person: object) -> dict[str, str]:
    """Return a person's notes by lesson."""
    if not isinstance(person, User):
        return {}
    return dict(Bookmark.objects.filter(learner=person).exclude(note="").values_list("lesson_id", "note"))
