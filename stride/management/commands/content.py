"""Run the code in the lessons and the references of the exercises, and keep what comes of it (`make content`)."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from courses import cell_memory
from courses.content_cells import stale
from courses.content_files import LESSON_FILE, LessonFile, read_lesson, read_yaml
from courses.exercises import running
from courses.exercises.source import read_exercise, read_expected, refuse_outcome, results_path
from courses.faults import ContentError, Fault


class Command(BaseCommand):
    """Run every cell and write the results; or check hashes; or run again and compare."""

    help = "Run the code of lessons and exercises and write *.results.json beside them."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("lessons", nargs="*", help="slugs of lessons; all, and all exercises, when none is named")
        parser.add_argument("--course", default="cnn", help="the course's folder in courses/content")
        parser.add_argument("--check", action="store_true", help="only check that results belong to the code; no torch")
        parser.add_argument("--verify", action="store_true", help="run again and compare, write nothing")
        parser.add_argument(
            "--changed", action="store_true", help="with --verify: only lessons of which anything changed since it held"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Treat each lesson and exercise; every fault is told, and one is enough to fail."""
        folder = settings.COURSE_CONTENT / options["course"]
        exercises = [] if options["lessons"] else sorted((folder / "exercises").glob("*.yaml"))
        faults: list[Fault] = []
        for path in [*_chosen(folder / "lessons", options["lessons"]), *exercises]:
            treat = self._treat_exercise if path.suffix == ".yaml" else self._treat_lesson
            try:
                faults += treat(path, options)
            except ContentError as error:
                faults += error.faults
        if faults:
            raise CommandError("\n".join(str(fault) for fault in sorted(faults)))

    def _treat_exercise(self, path: Path, options: dict[str, Any]) -> list[Fault]:
        located = read_yaml(path, base=settings.BASE_DIR, kind=dict)
        exercise, results = read_exercise(located), results_path(path)
        if options["check"]:
            read_expected(exercise, located, results)
            return []
        outcome = running.run_exercise(exercise, located)
        if options["verify"]:
            read_expected(exercise, located, results)
            return running.compare_outcome(outcome, located, results)
        changed = running.write_outcome(exercise, outcome, results)
        self.stdout.write(f"{located.path}: results {'written' if changed else 'unchanged'}")
        refuse_outcome(outcome, located)
        return []

    def _treat_lesson(self, path: Path, options: dict[str, Any]) -> list[Fault]:
        lesson = read_lesson(path, base=settings.BASE_DIR)
        if lesson.faults:
            return list(lesson.faults)
        if options["check"]:
            return stale(lesson.cells, lesson.results, path=lesson.path)
        # Here and not above: only this command runs cells; `--check` must work without the worker's packages.
        from courses import content_running

        if options["verify"]:
            return self._verify(lesson, path, only_changed=options["changed"])
        fresh = content_running.run_lesson(lesson, base=settings.BASE_DIR).results
        results = content_running.settled(lesson, fresh)
        changed = content_running.write_results(lesson, results, path=path.with_suffix(".results.json"))
        self.stdout.write(f"{lesson.path}: {len(fresh)} cells, results {'written' if changed else 'unchanged'}")
        return []

    def _verify(self, lesson: LessonFile, path: Path, *, only_changed: bool) -> list[Fault]:
        """Run a lesson again and compare; with `only_changed` not when the very same was confirmed before."""
        from courses import content_running

        where = {"base": settings.BASE_DIR, "folder": cell_memory.memory_folder()}
        if only_changed and cell_memory.is_remembered(path, **where):
            self.stdout.write(f"{lesson.path}: confirmed before, and nothing changed")
            return []
        ran = content_running.run_lesson(lesson, base=settings.BASE_DIR)
        self.stdout.write(f"{lesson.path}: {len(ran.results)} cells run again")
        faults = content_running.compare(lesson, ran.results)
        if not faults:
            cell_memory.remember(path, ran.used, **where)
        return faults


def _chosen(folder: Path, slugs: list[str]) -> list[Path]:
    """Return the lesson files of a folder, or those with the given slugs. Raises CommandError for an unknown slug."""
    paths = {found["slug"]: path for path in sorted(folder.glob("*.md")) if (found := LESSON_FILE.match(path.name))}
    unknown = [slug for slug in slugs if slug not in paths]
    if unknown:
        raise CommandError(f"There is no lesson {', '.join(unknown)}; there are: {', '.join(paths) or 'none'}.")
    return [paths[slug] for slug in slugs] if slugs else list(paths.values())
