"""What other apps show a person on their own page: each registers a section, drawn by a template of its own.

Called in `AppConfig.ready()`:

    own_page.register("networks", template="inference/_me.html", context=lambda user: {...})

Sections stand in the order of registration, above what accounts itself shows.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from accounts.models import User


@dataclass(frozen=True, slots=True)
class Section:
    """One section of a person's own page."""

    name: str
    template: str
    context: Callable[[User], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Shown:
    """A section with what it shows of one person."""

    template: str
    context: Mapping[str, Any]


_sections: dict[str, Section] = {}


def register(name: str, *, template: str, context: Callable[[User], Mapping[str, Any]]) -> None:
    """Add a section; registering a name again replaces it, so that `ready()` may run twice."""
    _sections[name] = Section(name, template, context)


def sections_for(user: User) -> list[Shown]:
    """Return what the page shows of a person."""
    return [Shown(section.template, section.context(user)) for section in _sections.values()]
