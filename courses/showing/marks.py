"""What a lesson's page shows of someone's bookmark: the way back to where they were."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from courses.models import Bookmark, LessonVersion
from courses.plain_text import text_of


@dataclass(frozen=True, slots=True)
class Resume:
    """Where someone was: the block, the heading above it as text (none at the start), and when."""

    anchor: str
    heading: str
    at: datetime


def resume_at(bookmark: Bookmark | None, version: LessonVersion) -> Resume | None:
    """Return the way back; None when there is no place, or the block is not in this version of the text."""
    if bookmark is None or bookmark.at is None:
        return None
    at = version.body_html.find(f' id="{bookmark.anchor}"')
    if at < 0:
        return None
    return Resume(bookmark.anchor, _heading_above(at, version.body_html, version.contents), bookmark.at)


def _heading_above(at: int, html: str, contents: Sequence[Mapping[str, Any]]) -> str:
    above = [each for each in contents if 0 <= html.find(f' id="{each["anchor"]}"') <= at]
    return text_of(above[-1]["html"]) if above else ""
