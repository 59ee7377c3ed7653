"""The pieces of the map as HTML, each made once per release and state, so that a page only joins them.

A course may have hundreds of lessons, and a template needs a fifth of a millisecond for each. A piece is kept with the
outline of its release and goes with it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from courses.diagram import BOX_HEIGHT, BOX_WIDTH, Box, Line
from courses.outline import Outline
from courses.rails import EMPTY
from courses.unlocking import State

COMING = "coming"
_HOLE = "\x00"  # where a row's personal sentence goes


@dataclass(frozen=True, slots=True)
class MapLine:
    """What is personal about one lesson on the map. `said`: what leads into it, or what has changed in it."""

    id: str
    state: str
    said: str
    is_next: bool
    on_way: bool


class Pieces:
    """The pieces of one release in the language of this request."""

    def __init__(self, outline: Outline) -> None:
        self._outline = outline
        self._kept = outline.fragments.setdefault(str(get_language()), {})
        self._words = {"done": _("done"), "open": _("open"), "locked": _("locked"), COMING: _("coming")}

    def rows(self, lines: Iterable[MapLine]) -> SafeString:
        """Return the list items of some lessons."""
        return mark_safe("".join(self._row(line) for line in lines))  # noqa: S308 - joins what was escaped

    def _row(self, line: MapLine) -> str:
        key = "row", line.id, line.state, line.is_next, line.on_way
        html = self._piece(key, lambda: render_to_string("courses/_map_row.html", self._row_context(line)))
        said = format_html('<p class="map__needs">{}</p>', line.said) if line.said else ""
        return html.replace(_HOLE, said)

    def _row_context(self, line: MapLine) -> dict[str, Any]:
        known, urls = self._outline.known, self._outline.urls
        needed = [known[each] for each in known[line.id].requires if each in known]
        requires = [(each.title, urls.get(each.id, "")) for each in needed]
        return {**self._context(line), "rail": self._outline.rails[line.id], "requires": requires, "hole": _HOLE}

    def _context(self, line: MapLine) -> dict[str, Any]:
        lesson, url = self._outline.known[line.id], self._outline.urls.get(line.id, "")
        return {"line": line, "lesson": lesson, "url": url, "word": self._words[line.state]}

    def rail_past(self, before: str) -> SafeString:
        """Return what runs past the title of a section: the rails below the lesson before it."""
        drawn = self._outline.rails
        rail = drawn[before] if before else replace(next(iter(drawn.values()), EMPTY), head="", tail="")
        made = self._piece(("past", before), lambda: render_to_string("courses/_rail_tail.html", {"rail": rail}))
        return mark_safe(made)  # noqa: S308 - rendered by a template

    def drawing(self, lines: Mapping[str, MapLine]) -> SafeString:
        """Return the inside of the diagram's SVG: the lines, the titles of the sections, the boxes."""
        drawn = self._outline.diagram
        paths = [self._path(each, _look(lines[each.source], lines[each.target])) for each in drawn.lines]
        boxes = [self._box(box, lines[box.id]) for box in drawn.boxes]
        context = {"bands": drawn.bands}
        bands = self._piece(("bands",), lambda: render_to_string("courses/_diagram_bands.html", context))
        inside = f'<g aria-hidden="true">{"".join(paths)}</g>{bands}{"".join(boxes)}'
        return mark_safe(inside)  # noqa: S308 - joins what was escaped

    def _path(self, line: Line, look: str) -> str:
        html = '<path class="diagram__line diagram__line--{}" data-from="{}" data-to="{}" d="{}"/>'
        key = "line", line.source, line.target, look
        return self._piece(key, lambda: format_html(html, look, line.source, line.target, line.path))

    def _box(self, box: Box, line: MapLine) -> str:
        context = {"box": box, "width": BOX_WIDTH, "height": BOX_HEIGHT}
        return self._piece(
            ("box", line.id, line.state, line.on_way),
            lambda: render_to_string("courses/_diagram_box.html", {**self._context(line), **context}),
        )

    def options(self, *, chosen: str) -> SafeString:
        """Return the choices of a goal, grouped by section; one may be chosen."""
        made = self._piece(("options",), lambda: render_to_string("courses/_goal_options.html", self._groups()))
        return mark_safe(made.replace(f'value="{chosen}"', f'value="{chosen}" selected', 1))  # noqa: S308 - ids are slugs

    def _groups(self) -> dict[str, Any]:
        """Return the sections with their lessons, and for each whether it is written."""
        outline, sections = self._outline, self._outline.manifest.get("sections", ())
        lessons = [
            [(outline.known[id_], id_ in outline.by_id) for id_ in outline.in_sections[one["id"]]] for one in sections
        ]
        return {"groups": [(one["title"], each) for one, each in zip(sections, lessons, strict=True)]}

    def _piece(self, key: tuple[Any, ...], make: Callable[[], str]) -> str:
        if key not in self._kept:
            self._kept[key] = make()
        return self._kept[key]


def _look(source: MapLine, target: MapLine) -> str:
    """Return how a line is drawn: as a part of the way to the goal, as one that was gone, or quietly."""
    if target.on_way and (source.on_way or source.state == State.DONE):
        return "way"
    return "done" if source.state == State.DONE else "quiet"
