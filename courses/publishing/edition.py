"""What is about to be published: a whole course, read, rendered and checked, before any row exists."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from courses.publishing.parts import PartKind, PartSource
from courses.questions.reading import ReadQuestion
from courses.rendering.context import ShownPart


def digest(value: Any) -> str:
    """Return the SHA-256 of a value's canonical JSON."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class EditionLesson:
    """One lesson, rendered. The questions are its pool; they are versioned apart from the text."""

    id: str
    slug: str
    path: str
    title: str
    summary: str
    minutes: int
    section: str
    type: str
    order: int
    objectives: Sequence[str]
    requires: Sequence[str]
    body_html: str
    sheet_html: str
    contents: Sequence[dict[str, Any]]
    widgets: Sequence[str]
    parts: Sequence[ShownPart]
    questions: Sequence[ReadQuestion]
    rule: dict[str, int]

    @property
    def fields(self) -> dict[str, Any]:
        """The columns of a LessonVersion, all but its number and hash."""
        return {
            "title": self.title,
            "summary": self.summary,
            "minutes": self.minutes,
            "section": self.section,
            "type": self.type,
            "objectives": list(self.objectives),
            "body_html": self.body_html,
            "sheet_html": self.sheet_html,
            "contents": list(self.contents),
            "widgets": list(self.widgets),
            "rule": self.rule,
        }

    @property
    def content_hash(self) -> str:
        """What tells one version of the lesson's text from another."""
        return digest([self.fields, [[part.kind, part.key, part.title] for part in self.parts]])


@dataclass(frozen=True, slots=True)
class EditionPart:
    """One part that has a file (a lab), as its kind parsed it."""

    kind: PartKind
    source: PartSource
    parsed: Any


@dataclass(frozen=True, slots=True)
class StoredPicture:
    """One image of the course folder and the name, with its hash, under which it is kept."""

    path: Path
    name: str


@dataclass(frozen=True, slots=True)
class Edition:
    """A whole course that passed every check."""

    id: str
    title: str
    manifest: dict[str, Any]
    lessons: Sequence[EditionLesson]
    parts: Sequence[EditionPart]
    pictures: Sequence[StoredPicture]

    @property
    def content_hash(self) -> str:
        """What tells one release from another: everything that people may come to see."""
        lessons = [
            [
                each.id,
                each.slug,
                each.content_hash,
                list(each.requires),
                [[q.id, q.content_hash] for q in each.questions],
            ]
            for each in self.lessons
        ]
        parts = [[part.kind.name, part.source.key, part.source.located.data] for part in self.parts]
        return digest([self.title, self.manifest, lessons, parts])
