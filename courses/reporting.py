"""The one writer of reported mistakes: who reports what where, and what becomes of it."""

import re
from datetime import timedelta
from typing import Final

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Role, User
from courses.models import LessonVersion, MistakeReport, QuestionVersion
from courses.policy import require_unlocked

TEXT_CHARACTERS: Final = 2_000
A_DAY: Final = 20
_ANCHOR: Final = re.compile(r"^[a-z0-9]+(?:-[a-z0-9]+)*$")


class ReportRefused(ValueError):
    """A report that is not taken; its message says why. `is_too_many`: this person has sent enough for today."""

    def __init__(self, sentence: str, *, is_too_many: bool = False) -> None:
        super().__init__(sentence)
        self.is_too_many = is_too_many


def report(
    reporter: User, version: LessonVersion, *, text: str, anchor: str = "", question: QuestionVersion | None = None
) -> MistakeReport:
    """Take a report. Raises ReportRefused, LockedError for a lesson that this person may not read."""
    require_unlocked(reporter, version.lesson_id)
    text = text.replace("\0", "").strip()
    if not text:
        raise ReportRefused(_("Say in a sentence what is wrong here."))
    if len(text) > TEXT_CHARACTERS:
        raise ReportRefused(_("A report holds at most %d characters. Say the main thing.") % TEXT_CHARACTERS)
    since = timezone.now() - timedelta(days=1)
    if MistakeReport.objects.filter(reporter=reporter, reported_at__gte=since).count() >= A_DAY:
        sentence = _("You have reported %d mistakes since yesterday. Thank you; please go on tomorrow.") % A_DAY
        raise ReportRefused(sentence, is_too_many=True)
    anchor = anchor if len(anchor) <= 80 and _ANCHOR.match(anchor) else ""
    return MistakeReport.objects.create(reporter=reporter, version=version, question=question, anchor=anchor, text=text)


def may_decide(person: object) -> bool:
    """Whether a person sees what was reported and says what becomes of it: those who teach or write, and operators."""
    return isinstance(person, User) and not person.is_guest and _holds_a_role(person)


def _holds_a_role(person: User) -> bool:
    return person.role_grants.filter(role__in=(Role.INSTRUCTOR, Role.AUTHOR, Role.OPERATOR)).exists()


def reports() -> QuerySet[MistakeReport]:
    """Return all reports with what their page shows, the latest first."""
    rows = MistakeReport.objects.select_related("version__lesson", "question", "reporter", "decided_by")
    return rows.order_by("-reported_at", "-pk")


def decide(report_id: int, *, state: str, by: User) -> bool:
    """Say what becomes of a report; return whether there is such a report and such a state."""
    if state not in MistakeReport.State.values:
        return False
    decided = {"state": state, "decided_by": by, "decided_at": timezone.now()}
    return MistakeReport.objects.filter(pk=report_id).update(**decided) == 1
