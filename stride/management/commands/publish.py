"""Publish the course from its files (`manage.py publish`)."""

import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import Resolver404, resolve

from courses.faults import ContentError
from courses.publishing.preview import preview
from courses.publishing.reading import read_edition
from courses.publishing.storing import store

WIDGETS = Path("static") / "js" / "widgets" / "index.json"


class Command(BaseCommand):
    """Check a course folder and write one release, all of it or nothing."""

    help = "Validate the course's files and publish them as one release; skips when nothing changed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--course", default="cnn", help="the course's folder in courses/content")
        parser.add_argument("--check", action="store_true", help="only validate")
        parser.add_argument("--preview", action="store_true", help="validate, then say what would change and for whom")

    def handle(self, *args: Any, **options: Any) -> None:
        """Publish, or say in one line per fault why not."""
        folder: Path = settings.COURSE_CONTENT / options["course"]
        try:
            edition = read_edition(
                folder, base=settings.BASE_DIR, widgets=settings.BASE_DIR / WIDGETS, is_path=site_has_page
            )
            if options["check"]:
                self.stdout.write(
                    f"{len(edition.lessons)} lessons and {len(edition.parts)} labs and exercises are fit to publish."
                )
            elif options["preview"]:
                self.stdout.write(os.linesep.join(preview(edition)))
            else:
                release = store(edition)
                said = "nothing changed" if release is None else f"release {release.number} is published"
                self.stdout.write(f"{edition.title}: {said}.")
        except ContentError as error:
            raise CommandError(f"{error}\n{len(error.faults)} faults; nothing was published.") from error


def site_has_page(path: str) -> bool:
    """Return whether some page of this site answers at a path."""
    try:
        resolve(path)
    except Resolver404:
        return False
    return True
