"""What the page of reported mistakes shows of each: where it is, what stood there, and what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count

from courses.models import MistakeReport
from courses.plain_text import block_of, text_of


@dataclass(frozen=True, slots=True)
class ShownReport:
    """One report with the words that it is about, as they stood in the version that was read."""

    report: MistakeReport
    where: str
    words: str
    url: str


def shown(report: MistakeReport) -> ShownReport:
    """Return what the page shows of a report; its version, lesson and question are joined already."""
    version = report.version
    url = f"/lessons/{version.lesson.slug}/"
    if report.question is not None:
        words = text_of(str(report.question.data.get("text", "")))
        return ShownReport(report, f"{version.title}, question {report.question.question_id}", words, url)
    words = block_of(version.body_html, report.anchor) if report.anchor else ""
    return ShownReport(report, version.title, words, f"{url}#{report.anchor}" if report.anchor else url)


def counts() -> Mapping[str, int]:
    """Return how many reports there are in each state. One query."""
    rows = MistakeReport.objects.values_list("state").annotate(number=Count("pk"))
    return dict.fromkeys(MistakeReport.State.values, 0) | dict(rows)
