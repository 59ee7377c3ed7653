"""What has changed in a lesson since someone completed it: which of its sections are new, different or gone."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.models import LessonVersion
from courses.standing import Standing

_HEADING = re.compile(r'<h2 id="(?P<anchor>[^"]+)"[^>]*>(?P<title>.*?)</h2>', re.DOTALL)
_TAGS = re.compile(r"<[^>]+>")
# Numbers that run through a whole lesson: a term or a footnote more in one section counts on in all that follow.
_RUNNING = re.compile(r'\b(?:id|href|popovertarget)="[^"]*"|\[\d+(?::\d+)?\]')


@dataclass(frozen=True, slots=True)
class Changed:
    """What is different in a newer version. Titles of sections, in the order of the text."""

    new: tuple[str, ...]
    different: tuple[str, ...]
    gone: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """The same in words."""
        said = [
            ngettext("“%s” is different.", "Different: %s.", len(self.different)) % _named(self.different),
            ngettext("“%s” is new.", "New: %s.", len(self.new)) % _named(self.new),
            ngettext("“%s” was taken out.", "Taken out: %s.", len(self.gone)) % _named(self.gone),
        ]
        kept = [text for text, titles in zip(said, (self.different, self.new, self.gone), strict=True) if titles]
        return " ".join(kept) or _("Only its title, summary or length is different.")


def _named(titles: tuple[str, ...]) -> str:
    return titles[0] if len(titles) == 1 else ", ".join(f"“{title}”" for title in titles)


def changes_for(standing: Standing) -> dict[str, Changed]:
    """Return what has changed in each completed lesson, by id. No query unless something has; then at most two."""
    pairs = {
        lesson.id: (standing.versions[lesson.id], lesson.version)
        for lesson in standing.outline.lessons
        if standing.changed_since(lesson)
    }
    if not pairs:
        return {}
    versions = LessonVersion.objects.filter(pk__in={each for pair in pairs.values() for each in pair})
    hashes = dict(versions.values_list("pk", "content_hash"))
    unknown = {
        each for old, new in pairs.values() if (hashes[old], hashes[new]) not in _compared for each in (old, new)
    }
    texts = dict(versions.filter(pk__in=unknown).values_list("pk", "body_html")) if unknown else {}
    found = {}
    for lesson, (old, new) in pairs.items():
        key = hashes[old], hashes[new]
        if key not in _compared:
            _forget_when_full()
            _compared[key] = compare(texts[old], texts[new])
        found[lesson] = _compared[key]
    return found


# Texts never change, so what was compared stays compared; by content, since ids are given again in a restored database.
_compared: dict[tuple[str, str], Changed] = {}
_MOST_COMPARED = 1_000


def _forget_when_full() -> None:
    if len(_compared) >= _MOST_COMPARED:
        _compared.clear()


def compare(old: str, new: str) -> Changed:
    """Return what is different between two texts of a lesson, section by section.

    >>> compare('<p>a</p><h2 id="x">X</h2>1', '<p>a</p><h2 id="x">X</h2>2<h2 id="y">Y</h2>3').sentence
    '“X” is different. “Y” is new.'
    """
    before, after = _sections(old), _sections(new)
    return Changed(
        new=tuple(title for title in after if title not in before),
        different=tuple(title for title, text in after.items() if title in before and before[title] != text),
        gone=tuple(title for title in before if title not in after),
    )


def _sections(body: str) -> Mapping[str, str]:
    """Return the sections of a text by title, each without the numbers that run through the whole text."""
    starts = list(_HEADING.finditer(body))
    ends = [*(found.start() for found in starts), len(body)]
    sections = {_("The beginning"): _RUNNING.sub("", body[: ends[0]])}
    for at, found in enumerate(starts):
        title = unescape(_TAGS.sub("", found["title"])).strip()
        sections[title] = _RUNNING.sub("", body[found.end() : ends[at + 1]])
    return sections
