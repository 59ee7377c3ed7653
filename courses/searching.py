"""Search over what is published: one query on SQLite (FTS5) and on PostgreSQL (tsvector), the same answer.

Of a lesson that is locked only its title and summary are searched, which its page shows to everyone: that a word
stands in its text must not be found out either.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.db import connection

from courses.models import SearchEntry
from courses.standing import Standing
from courses.words import Piece, beginnings_of, marked, snippet

MOST: Final = 30
# How a word begins is made of letters and digits alone (courses.words), so that it means nothing else in either syntax.
_SQL: Final[Mapping[str, str]] = {
    "sqlite": """
        SELECT entry.* FROM courses_searchentry_words AS found
        JOIN courses_searchentry AS entry ON entry.id = found.rowid
        WHERE courses_searchentry_words MATCH %s AND entry.release_id = %s AND {visible}
        ORDER BY bm25(courses_searchentry_words, 8.0, 1.0), entry.id LIMIT %s""",
    "postgresql": """
        SELECT entry.* FROM courses_searchentry AS entry, to_tsquery('simple', %s) AS wanted
        WHERE entry.indexed @@ wanted AND entry.release_id = %s AND {visible}
        ORDER BY ts_rank(entry.indexed, wanted) DESC, entry.id LIMIT %s""",
}


@dataclass(frozen=True, slots=True)
class Hit:
    """One result. `lesson`: the title of the lesson of a section. `is_locked`: a lesson that one may not open."""

    kind: str
    url: str
    title: Sequence[Piece]
    text: Sequence[Piece]
    lesson: str
    is_locked: bool


@dataclass(frozen=True, slots=True)
class Found:
    """What a query found, the best first; `more`: there is more than is shown. `asked`: the query holds a word."""

    hits: Sequence[Hit]
    more: bool
    asked: bool


def search(query: str, standing: Standing) -> Found:
    """Return what one person finds in the published course. One query; none when nothing is asked for."""
    beginnings = beginnings_of(query)
    if not beginnings or not standing.outline.release:
        return Found((), more=False, asked=bool(beginnings))
    rows = _rows(beginnings, standing)
    hits = [_hit(row, beginnings, standing) for row in rows[:MOST]]
    return Found(hits, more=len(rows) > MOST, asked=True)


def _rows(beginnings: Sequence[str], standing: Standing) -> list[SearchEntry]:
    opened = [each.id for each in standing.outline.lessons if standing.is_open(each.id)]
    visible, shown = _visible(opened)
    sql = _SQL[connection.vendor].format(visible=visible)
    parameters = [_expression(beginnings), standing.outline.release, *shown, MOST + 1]
    return list(SearchEntry.objects.raw(sql, parameters))


def _visible(opened: Collection[str]) -> tuple[str, list[str]]:
    if not opened:
        return "entry.kind <> 'section'", []
    places = ", ".join(["%s"] * len(opened))
    return f"(entry.kind <> 'section' OR entry.lesson_id IN ({places}))", list(opened)


def _expression(beginnings: Sequence[str]) -> str:
    """Return the query in the database's own syntax: every word, each by how it begins."""
    if connection.vendor == "sqlite":
        return " AND ".join(f'"{each}"*' for each in beginnings)
    return " & ".join(f"{each}:*" for each in beginnings)


def _hit(row: SearchEntry, beginnings: Sequence[str], standing: Standing) -> Hit:
    lesson = standing.outline.by_id.get(row.lesson_id or "")
    within = lesson.title if lesson is not None and row.kind == "section" else ""
    is_locked = lesson is not None and not standing.is_open(lesson.id)
    return Hit(row.kind, row.url, marked(row.title, beginnings), snippet(row.text, beginnings), within, is_locked)
