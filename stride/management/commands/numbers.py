"""Say of every number in the lessons where it comes from (`make numbers`)."""

from collections import Counter
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from courses.content_files import read_lesson, read_yaml
from courses.faults import ContentError, Fault
from courses.tracing import Traced, trace_lesson


class Command(BaseCommand):
    """Trace every number of every lesson; one that nobody accounts for fails."""

    help = "List every number of every lesson as computed, cited or decided, with its source."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--course", default="cnn", help="the course's folder in courses/content")
        parser.add_argument("--check", action="store_true", help="print only the sums and what is wrong")

    def handle(self, *args: Any, **options: Any) -> None:
        """Trace lesson by lesson; every fault is told, and one is enough to fail."""
        root: Path = settings.COURSE_CONTENT / options["course"]
        faults: list[Fault] = []
        for path in sorted((root / "lessons").glob("*.md")):
            try:
                labs = {each.stem: read_yaml(each, base=settings.BASE_DIR, kind=dict) for each in _labs(root)}
                found, wrong = trace_lesson(read_lesson(path, base=settings.BASE_DIR), labs)
            except ContentError as error:
                faults += error.faults
                continue
            faults += wrong
            self._print(path, found, is_short=options["check"])
        if faults:
            raise CommandError("\n".join(str(fault) for fault in sorted(faults)))

    def _print(self, path: Path, found: list[Traced], *, is_short: bool) -> None:
        for each in () if is_short else found:
            self.stdout.write(f"{each.path}:{each.line}\t{each.text}\t{each.kind}\t{each.source}")
        counts = Counter(each.kind for each in found)
        said = ", ".join(f"{count} {kind}" for kind, count in sorted(counts.items()))
        self.stdout.write(f"{path.stem}: {said}.")


def _labs(root: Path) -> list[Path]:
    return sorted((root / "labs").glob("*.yaml"))
