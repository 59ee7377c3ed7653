"""A look inside as a part of a lesson: `:::{inside} first-run` invites to ask the network trained in that lab."""

from collections.abc import Iterable
from dataclasses import dataclass

from courses.faults import ContentError, Fault
from courses.models import Release
from courses.publishing import PartContext, PartSource


@dataclass(frozen=True, slots=True)
class Invitation:
    """What the lesson shows: a heading that leads to the page where networks are asked."""

    title: str = "Look inside your network"
    summary: str = ""
    url: str = "/inference/"


def parse(source: PartSource) -> Invitation:
    """Read a directive; raises ContentError when it names no lab or has options, which mean nothing here."""
    if not source.key:
        raise ContentError([source.fault("This look inside names no lab.", "Write :::{inside} LAB.")])
    if source.located.data:
        options = ", ".join(source.located.data)
        raise ContentError([source.fault(f"A look inside takes no options ({options}).", "Remove them.")])
    return Invitation(url=f"/inference/?lab={source.key}")


def validate(part: Invitation, source: PartSource, context: PartContext) -> Iterable[Fault]:
    """Accept what could be read."""
    return ()


def store(part: Invitation, source: PartSource, release: Release) -> None:
    """Store nothing: the page knows by itself which networks someone has."""
