"""Read the parts of a course: those that have files, and those that a lesson's directive alone describes."""

from collections.abc import Iterator
from pathlib import Path

from courses.content_files import CourseFiles, read_yaml
from courses.faults import ContentError, Fault
from courses.publishing.edition import EditionPart
from courses.publishing.parts import PartContext, PartKind, PartSource, part_kinds
from courses.questions.source import SLUG
from courses.rendering.context import Reference
from courses.yaml_lines import Located


class PartReader:
    """Reads parts with the functions of their kinds, and keeps what it read for the release."""

    def __init__(self, files: CourseFiles) -> None:
        self.files = files
        self.context = PartContext(frozenset(lesson.id for lesson in files.lessons))
        self.parts: list[EditionPart] = []

    def read_files(self) -> Iterator[Fault]:
        """Read every file of every kind that has a folder; yield what is wrong."""
        for kind in part_kinds().values():
            for path in sorted((self.files.root / kind.folder).glob("*.yaml")) if kind.folder else ():
                try:
                    self._keep(kind, self._source(kind, path))
                except ContentError as error:
                    yield from error.faults

    def read_directive(self, kind: str, key: str, located: Located) -> Reference:
        """Read a part that has no file. Raises ContentError."""
        return reference(self._keep(part_kinds()[kind], PartSource(kind, key, located)))

    def references(self) -> dict[tuple[str, str], Reference]:
        """Return what lessons show of each part read so far."""
        return {(part.kind.name, part.source.key): reference(part) for part in self.parts}

    def _source(self, kind: PartKind, path: Path) -> PartSource:
        source = PartSource(kind.name, path.stem, read_yaml(path, base=self.files.base, kind=dict), path)
        if not SLUG.match(path.stem):
            raise ContentError([source.fault("The file's name is no slug.", "Use lower-case words with hyphens.")])
        return source

    def _keep(self, kind: PartKind, source: PartSource) -> EditionPart:
        parsed = kind.parse(source)
        wrong = list(kind.validate(parsed, source, self.context))
        if wrong:
            raise ContentError(wrong)
        part = EditionPart(kind, source, parsed)
        self.parts.append(part)
        return part


def reference(part: EditionPart) -> Reference:
    """Return what lessons show of a part.

    A part may name its own address as `url` (empty: it has no page), and bring along what stands in the lesson as
    `body`, with the custom element in it as `widget`.
    """
    home = f"/{part.kind.folder}/{part.source.key}/" if part.kind.folder else "/"
    parsed = part.parsed
    return Reference(
        title=str(parsed.title),
        summary=str(parsed.summary),
        url=str(getattr(parsed, "url", home)),
        body=str(getattr(parsed, "body", "")),
        widget=str(getattr(parsed, "widget", "")),
    )
