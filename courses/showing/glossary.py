"""The glossary as its page shows it: terms by their first letter, each with the lesson that explains it first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from courses.outline import OutlineLesson
from courses.standing import Standing
from courses.words import folded


@dataclass(frozen=True, slots=True)
class Term:
    """One term. `first`: the lesson that names it first, if any; `is_open`: whether this person may read it."""

    id: str
    term: str
    html: str
    first: OutlineLesson | None
    is_open: bool


@dataclass(frozen=True, slots=True)
class Letter:
    """The terms that begin with one letter; `#` for those that begin with none."""

    letter: str
    terms: Sequence[Term]


def terms_by_letter(standing: Standing) -> list[Letter]:
    """Return every term of the course, in alphabetical order."""
    terms = [_term(entry, standing) for entry in standing.outline.manifest.get("glossary", ())]
    terms.sort(key=lambda term: (_letter(term), term.term.casefold()))
    return [Letter(letter, list(group)) for letter, group in groupby(terms, key=_letter)]


def _letter(term: Term) -> str:
    first = folded(term.term[:1])
    return first.upper() if first.isalpha() else "#"


def _term(entry: Mapping[str, Any], standing: Standing) -> Term:
    # A release of an older Stride does not say which lessons name a term.
    named = (standing.outline.by_id.get(lesson) for lesson in entry.get("lessons", ()))
    first = next((lesson for lesson in named if lesson is not None), None)
    is_open = first is not None and standing.is_open(first.id)
    return Term(entry["id"], entry["term"], entry["html"], first, is_open)
