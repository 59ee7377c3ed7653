"""The published course as its pages need it: lessons in order, what requires what. Read once per release and process.

A release never changes, so what was read of it stays true; only which release is published is asked each time.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Any

from django.urls import reverse

from courses.diagram import Diagram, diagram
from courses.models import Course, Prerequisite, Release, ReleaseLesson
from courses.rails import Rail, rails
from courses.unlocking import Node


@dataclass(frozen=True, slots=True)
class OutlineLesson:
    """One lesson of the published release, without its text."""

    id: str
    slug: str
    title: str
    summary: str
    minutes: int
    section: str
    type: str
    order: int
    version: int
    requires: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ComingLesson:
    """One lesson that is announced and not written yet: its title and what it requires, nothing else."""

    id: str
    title: str
    section: str
    order: int
    requires: tuple[str, ...]


@dataclass(frozen=True)
class Outline:
    """A release without its texts."""

    release: int
    course: str
    title: str
    manifest: Mapping[str, Any]
    lessons: tuple[OutlineLesson, ...]

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """The lessons as unlocking sees them."""
        return tuple(Node(lesson.id, lesson.requires, lesson.minutes) for lesson in self.lessons)

    @cached_property
    def coming(self) -> tuple[ComingLesson, ...]:
        """The lessons that are announced, in order; releases from before there were any have none."""
        entries = self.manifest.get("coming", ())
        return tuple(ComingLesson(**{**entry, "requires": tuple(entry["requires"])}) for entry in entries)

    @cached_property
    def all_nodes(self) -> tuple[Node, ...]:
        """The lessons, written and announced, as the map draws them: in the order of the course."""
        announced = [(each.order, Node(each.id, each.requires, 0)) for each in self.coming]
        written = [(each.order, node) for each, node in zip(self.lessons, self.nodes, strict=True)]
        return tuple(node for _, node in sorted([*written, *announced], key=lambda pair: pair[0]))

    @cached_property
    def in_sections(self) -> Mapping[str, list[str]]:
        """The ids of the lessons, written and announced, of each section in order."""
        ids: dict[str, list[str]] = {section["id"]: [] for section in self.manifest.get("sections", ())}
        for node in self.all_nodes:
            ids.setdefault(self.known[node.id].section, []).append(node.id)
        return ids

    @cached_property
    def fragments(self) -> dict[str, dict[tuple[Any, ...], str]]:
        """Pieces of pages, by language, that are the same for everyone: made and kept by `courses.showing`."""
        return {}

    @cached_property
    def texts(self) -> dict[tuple[str, int], Any]:
        """Texts of lessons, by language and version, as their pages show them: made and kept by `courses.showing`."""
        return {}

    @cached_property
    def rails(self) -> Mapping[str, Rail]:
        """The rail beside each lesson of the map's list, by id."""
        return dict(zip((node.id for node in self.all_nodes), rails(self.all_nodes), strict=True))

    @cached_property
    def diagram(self) -> Diagram:
        """The course drawn as boxes and lines."""
        sections = [
            (section["title"], self.in_sections[section["id"]]) for section in self.manifest.get("sections", ())
        ]
        requires = {node.id: node.requires for node in self.all_nodes}
        return diagram(sections, requires=requires, titles={id_: each.title for id_, each in self.known.items()})

    @cached_property
    def urls(self) -> Mapping[str, str]:
        """The address of every written lesson, by id."""
        return {each.id: reverse("courses:lesson", args=[each.slug]) for each in self.lessons}

    @cached_property
    def known(self) -> "Mapping[str, OutlineLesson | ComingLesson]":
        """Every lesson, written or announced, by id."""
        return {**self.by_id, **{each.id: each for each in self.coming}}

    @cached_property
    def by_id(self) -> Mapping[str, OutlineLesson]:
        """The lessons by id."""
        return {lesson.id: lesson for lesson in self.lessons}

    @cached_property
    def by_slug(self) -> Mapping[str, OutlineLesson]:
        """The lessons by slug."""
        return {lesson.slug: lesson for lesson in self.lessons}

    def neighbours(self, lesson_id: str) -> tuple[OutlineLesson | None, OutlineLesson | None]:
        """Return the lessons before and after one, in the order of the course."""
        ids = [lesson.id for lesson in self.lessons]
        at = ids.index(lesson_id)
        before = self.lessons[at - 1] if at else None
        return before, self.lessons[at + 1] if at + 1 < len(ids) else None


EMPTY = Outline(0, "", "", {}, ())


def published_outline() -> Outline:
    """Return the course that people see; an empty outline before the first publication. One query."""
    published = Course.objects.filter(published__isnull=False).order_by("pk")
    found = published.values_list("published_id", "published__created_at").first()
    return EMPTY if found is None else _remembered(*found)


@lru_cache(maxsize=8)
def _remembered(release_id: int, created_at: datetime) -> Outline:
    # The time is part of the key because a database that was restored gives the same ids to other releases.
    return read_outline(release_id)


def read_outline(release_id: int) -> Outline:
    """Return the outline of one release, published or not."""
    release = Release.objects.select_related("course").get(pk=release_id)
    requires: dict[str, list[str]] = {}
    for lesson, required in Prerequisite.objects.filter(release=release).values_list("lesson_id", "requires_id"):
        requires.setdefault(lesson, []).append(required)
    entries = ReleaseLesson.objects.filter(release=release).order_by("order").values(*_COLUMNS)
    lessons = tuple(_lesson(entry, tuple(sorted(requires.get(entry["version__lesson_id"], ())))) for entry in entries)
    return Outline(release.pk, release.course_id, release.course.title, release.manifest, lessons)


_COLUMNS = [
    "order",
    "version_id",
    "version__lesson_id",
    "version__lesson__slug",
    "version__title",
    "version__summary",
    "version__minutes",
    "version__section",
    "version__type",
]


def _lesson(entry: Mapping[str, Any], requires: tuple[str, ...]) -> OutlineLesson:
    return OutlineLesson(
        id=entry["version__lesson_id"],
        slug=entry["version__lesson__slug"],
        title=entry["version__title"],
        summary=entry["version__summary"],
        minutes=entry["version__minutes"],
        section=entry["version__section"],
        type=entry["version__type"],
        order=entry["order"],
        version=entry["version_id"],
        requires=requires,
    )
